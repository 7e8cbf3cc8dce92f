package dev.millrace.streams;

import dev.millrace.streams.errors.RecordFailedException;
import dev.millrace.streams.errors.TopologyException;

/** Decides what to do when a thread of an application ends with an error. Errors that pass by themselves do not come here. */
@FunctionalInterface
public interface UncaughtExceptionHandler {

    /** Replaces the thread, unless a record failed or the topology is wrong: then the next thread would fail likewise. */
    UncaughtExceptionHandler DEFAULT =
            error -> error instanceof RecordFailedException || error instanceof TopologyException
                    ? Response.SHUTDOWN_CLIENT
                    : Response.REPLACE_THREAD;

    Response handle(Throwable error);

    /** What to do next. */
    enum Response {
        /** A new thread takes over the tasks, after a pause that grows with every failure. */
        REPLACE_THREAD,
        /** This instance closes with state {@link ApplicationState#ERROR}. */
        SHUTDOWN_CLIENT
    }
}
