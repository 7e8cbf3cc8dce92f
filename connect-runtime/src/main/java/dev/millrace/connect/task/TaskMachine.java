package dev.millrace.connect.task;

/** A task that moves only when told to. Owned by one thread, from its making on. */
public interface TaskMachine {

    /**
     * Does a bounded amount of work, which may include waiting inside of the connector or the consumer.
     *
     * @param pause whether the user wants the task to rest
     * @return how many milliseconds to wait before the next step, unless something changes; 0 for none
     * @throws RuntimeException when the task has failed
     */
    long step(long nowMs, boolean pause);

    /** Ends a wait inside of a step, if that can be done. May be called by any thread; the other methods must not. */
    default void wake() {}

    /**
     * Ends the task and frees what it holds. Called once, after the last step.
     *
     * @param failed whether a step has thrown, so that nothing that is under way may be committed
     */
    void close(boolean failed);
}
