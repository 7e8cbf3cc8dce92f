package dev.millrace.connect.task;

/** The thread that commits offsets beside the tasks, as a port. Callable from any thread. */
public interface CommitSchedule {

    /** Runs {@code commit} at intervals until it is removed. */
    void add(Runnable commit);

    /** Runs it soon, out of turn. */
    void soon(Runnable commit);

    void remove(Runnable commit);
}
