package dev.millrace.connect.machine;

/**
 * A replicated state machine. It reads no clock, starts no thread, opens no file, and is touched by one thread only.
 *
 * @param <C> commands: a sealed interface of records, what somebody wants
 * @param <E> events: a sealed interface of records, what has happened
 */
public interface Decider<C, E> {

    /** What should happen now. Must not change state. */
    Decision<E> decide(C command);

    /**
     * What has happened. The only place that changes state; the same code replays the log.
     * Total: never throws, for bad input was refused by {@link #decide}.
     */
    void apply(E event);
}
