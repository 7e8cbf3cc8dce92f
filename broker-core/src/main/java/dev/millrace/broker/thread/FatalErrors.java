package dev.millrace.broker.thread;

/**
 * What becomes of an Error on a thread that owns state. Whatever it has interrupted is half done, in memory alone: a process
 * that starts again from its logs knows better than one that goes on. Any thread.
 */
@FunctionalInterface
public interface FatalErrors {

    /**
     * Does not return where it ends the process.
     *
     * @param owner of the state, as the log is to name it: a loop, a connection
     */
    void onError(String owner, Throwable error);

    /** Runs what would otherwise be left to Netty, or an executor, to swallow. */
    default void guard(String owner, Runnable task) {
        try {
            task.run();
        } catch (Error e) {
            onError(owner, e);
        }
    }
}
