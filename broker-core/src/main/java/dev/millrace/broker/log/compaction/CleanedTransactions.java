package dev.millrace.broker.log.compaction;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.EndMarker;
import dev.millrace.broker.log.index.AbortedTransactions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Follows the transactions of a log while it is gone through in order: which batches belong to aborted ones, and which end
 * markers have nothing left to end. Every transaction it meets has ended, for nothing is cleaned beyond the last stable
 * offset. For one thread.
 */
public final class CleanedTransactions {
    private final PriorityQueue<AbortedTransactions.Entry> aborted =
            new PriorityQueue<>((a, b) -> Long.compare(a.firstOffset(), b.firstOffset()));

    /** By producer: the aborted transaction that it is in. */
    private final Map<Long, AbortedTransactions.Entry> ongoingAborted = new HashMap<>();

    /** Of those, the ones of which a batch was met. */
    private final Set<Long> abortedWithBatches = new HashSet<>();

    private final Set<Long> ongoingCommitted = new HashSet<>();
    private final List<AbortedTransactions.Entry> retained = new ArrayList<>();

    /** @param aborted all with records in the part of the log that is gone through */
    public CleanedTransactions(List<AbortedTransactions.Entry> aborted) {
        this.aborted.addAll(aborted);
    }

    /** Whether the batch at 0 of the buffer, no control batch, belongs to a transaction that was aborted. */
    boolean isAborted(ByteBuffer batch) {
        enter(BatchHeader.lastOffset(batch, 0));
        if (!BatchHeader.isTransactional(batch, 0)) {
            return false;
        }
        long producerId = BatchHeader.producerId(batch, 0);
        if (ongoingAborted.containsKey(producerId)) {
            abortedWithBatches.add(producerId);
            return true;
        }
        ongoingCommitted.add(producerId);
        return false;
    }

    /**
     * Whether the control batch at 0 of the buffer ends nothing that is still in the log. What is dropped in this very pass
     * counts as being there: a reader that has fetched it before must still find out how it ended.
     */
    boolean endsNothing(ByteBuffer controlBatch) {
        enter(BatchHeader.lastOffset(controlBatch, 0));
        if (BatchHeader.count(controlBatch, 0) == 0) {
            return true; // emptied by an earlier cleaning
        }
        EndMarker marker = EndMarker.read(controlBatch, 0);
        if (marker == null) {
            return false;
        }
        long producerId = BatchHeader.producerId(controlBatch, 0);
        if (marker.committed()) {
            return !ongoingCommitted.remove(producerId);
        }
        AbortedTransactions.Entry entry = ongoingAborted.remove(producerId);
        if (entry == null || !abortedWithBatches.remove(producerId)) {
            return true;
        }
        retained.add(entry);
        return false;
    }

    private void enter(long offset) {
        for (AbortedTransactions.Entry next = aborted.peek();
                next != null && next.firstOffset() <= offset;
                next = aborted.peek()) {
            aborted.remove();
            ongoingAborted.putIfAbsent(next.producerId(), next);
        }
    }

    /** The aborted transactions whose markers were met since the last call and stay. */
    public List<AbortedTransactions.Entry> takeRetained() {
        List<AbortedTransactions.Entry> taken = List.copyOf(retained);
        retained.clear();
        return taken;
    }
}
