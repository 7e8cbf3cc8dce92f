package dev.millrace.broker.machine;

/** A timer is a command for later. The command itself is the timer's identity: it is compared with {@code equals}. */
public sealed interface TimerChange {

    /** Hands {@code command} to the decider at {@code deadlineMs}; replaces a pending timer of an equal command. */
    record Schedule(Object command, long deadlineMs) implements TimerChange {}

    /** Forgets the pending timer of an equal command, if there is one. */
    record Cancel(Object command) implements TimerChange {}

    /**
     * Hands {@code command} to the decider as soon as this decision is applied, before anything that has come in meanwhile: a
     * request that was made to wait must not be overtaken by a later one, its own repetition above all.
     *
     * @param ticket is failed when what is then decided can't be appended
     */
    record AtOnce(Object command, Ticket<?> ticket) implements TimerChange {}
}
