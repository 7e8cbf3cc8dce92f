package dev.millrace.broker.machine;

import java.util.concurrent.Executor;

/**
 * What owns some state, as a port: tasks run one at a time and in the order in which they were handed in. In production a
 * thread, or whoever stands in for it while it is idle; in the simulation a queue under virtual time.
 */
public interface Loop extends Executor {

    /** Runs the task on this loop, after everything handed in before it. Callable from any thread. */
    @Override
    void execute(Runnable task);

    /**
     * As {@link #execute}, but on the caller's thread when the loop is idle: for what is short, and would take two changes of
     * threads. The caller must be ready for the task to run before this returns.
     */
    default void executeHere(Runnable task) {
        execute(task);
    }

    /**
     * Runs the task on this loop once {@link #nowMs} has reached {@code deadlineMs}. Callable from any thread.
     */
    Timer schedule(long deadlineMs, Runnable task);

    /** Milliseconds since the epoch. The clock of everything that runs on this loop. */
    long nowMs();

    /** Whether the caller runs on this loop. */
    boolean inLoop();

    /** A scheduled task that has not run yet. */
    interface Timer {
        /** The task will not run, unless it runs already. Idempotent. */
        void cancel();
    }
}
