package dev.millrace.streams.process;

import java.util.concurrent.atomic.LongAdder;

/** What an application has done since it was started. Tasks add to it, anyone reads it. */
public final class Counters {

    public final LongAdder consumed = new LongAdder();
    public final LongAdder processed = new LongAdder();
    public final LongAdder produced = new LongAdder();
    /** Records left out because their window had closed. */
    public final LongAdder droppedLate = new LongAdder();
    /** Records left out because of a null key, a null value to be aggregated, or a negative timestamp. */
    public final LongAdder droppedInvalid = new LongAdder();
    /** Records left out because they failed and the policy is to continue. */
    public final LongAdder failed = new LongAdder();

    public final LongAdder deadLettered = new LongAdder();
    public final LongAdder commits = new LongAdder();
    public final LongAdder restored = new LongAdder();
    public final LongAdder tasksRebuilt = new LongAdder();
}
