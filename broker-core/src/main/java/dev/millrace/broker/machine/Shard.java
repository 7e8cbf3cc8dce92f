package dev.millrace.broker.machine;

import java.util.List;

/** A decider that can be hosted on a partition of an internal topic. */
public interface Shard<C, E> extends Decider<C, E> {

    /**
     * What is due after the log has been replayed: the deadlines of what was read (sessions, transaction timeouts), and
     * immediate ones (a deadline of {@code nowMs}) for work that was under way, such as undelivered markers.
     */
    List<TimerChange> onLoaded(long nowMs);
}
