package dev.millrace.connect.task;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a task has done since it was started. Counters only grow; any thread may read them.
 *
 * <p>In a source, records come in from the connector and go out to the broker; in a sink the other way round.
 */
public final class TaskCounters {

    private final AtomicLong in = new AtomicLong();
    private final AtomicLong out = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong retried = new AtomicLong();
    private final AtomicLong deadLettered = new AtomicLong();
    private final AtomicLong uncommitted = new AtomicLong();
    private volatile boolean idle;
    private volatile @Nullable String lastError;

    void in(int records) {
        in.addAndGet(records);
    }

    void out(int records) {
        out.addAndGet(records);
    }

    void skip() {
        skipped.incrementAndGet();
    }

    void fail(Throwable error) {
        failed.incrementAndGet();
        lastError = error.toString();
    }

    void retry() {
        retried.incrementAndGet();
    }

    void deadLetter() {
        deadLettered.incrementAndGet();
    }

    void uncommitted(long records) {
        uncommitted.set(records);
    }

    void idle(boolean nothingToDo) {
        idle = nothingToDo;
    }

    /** Polled from the connector, or read from the broker. */
    public long in() {
        return in.get();
    }

    /** Acknowledged by the broker, or put to the connector. */
    public long out() {
        return out.get();
    }

    /** Dropped by a transformation. */
    public long skipped() {
        return skipped.get();
    }

    /** Given up, or about to fail the task. */
    public long failed() {
        return failed.get();
    }

    public long retried() {
        return retried.get();
    }

    public long deadLettered() {
        return deadLettered.get();
    }

    /** Came in, and their offset is not committed. */
    public long uncommitted() {
        return uncommitted.get();
    }

    /** The last poll returned nothing and nothing is uncommitted. */
    public boolean idle() {
        return idle;
    }

    /** The last error of a record that was given up. */
    public @Nullable String lastError() {
        return lastError;
    }
}
