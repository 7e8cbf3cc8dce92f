package dev.millrace.connect.task;

/** Time as a task sees it. The motor lends it; specifications have one of their own. */
public interface TaskClock {

    /** Milliseconds since the epoch. */
    long nowMs();

    /**
     * Waits, but not when the task is to stop.
     *
     * @return whether the task may go on
     */
    boolean pause(long durationMs);
}
