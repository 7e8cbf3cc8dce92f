package dev.millrace.broker.machine;

/**
 * A replicated state machine. It reads no clock, starts no thread, opens no file, and is touched by one loop only.
 *
 * @param <C> commands: sealed interfaces of records, what somebody wants
 * @param <E> events: sealed interfaces of records, what has happened
 */
public interface Decider<C, E> {

    /**
     * What should happen now. Must not change state.
     *
     * @param nowMs milliseconds since the epoch, from the loop's clock
     */
    Decision<E> decide(C command, long nowMs);

    /**
     * What has happened. The only place that changes state; the same code replays the log.
     * Total: never throws, for bad input was refused by {@link #decide}.
     */
    void apply(E event);
}
