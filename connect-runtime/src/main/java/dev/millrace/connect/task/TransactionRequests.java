package dev.millrace.connect.task;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;

/** Collects where a connector wants its transactions to end. Thread-safe, for connectors may ask from threads of their own. */
public final class TransactionRequests implements TransactionContext {

    private final Set<SourceRecord> commitAfter = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<SourceRecord> abortAfter = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean commitBatch;
    private boolean abortBatch;

    enum Request {
        NONE,
        COMMIT,
        ABORT
    }

    @Override
    public synchronized void commitTransaction() {
        commitBatch = true;
    }

    @Override
    public synchronized void commitTransaction(SourceRecord record) {
        commitAfter.add(Objects.requireNonNull(record, "Which record to commit after must be said"));
    }

    @Override
    public synchronized void abortTransaction() {
        abortBatch = true;
    }

    @Override
    public synchronized void abortTransaction(SourceRecord record) {
        abortAfter.add(Objects.requireNonNull(record, "Which record to abort after must be said"));
    }

    /** What was asked for after this record. If both were, the abort wins: what must not be seen must not. */
    synchronized Request takeAfter(SourceRecord record) {
        boolean commit = commitAfter.remove(record);
        boolean abort = abortAfter.remove(record);
        return request(commit, abort);
    }

    /** What was asked for at the end of the batch. */
    synchronized Request takeAfterBatch() {
        boolean commit = commitBatch;
        boolean abort = abortBatch;
        commitBatch = false;
        abortBatch = false;
        return request(commit, abort);
    }

    private static Request request(boolean commit, boolean abort) {
        return abort ? Request.ABORT : commit ? Request.COMMIT : Request.NONE;
    }
}
