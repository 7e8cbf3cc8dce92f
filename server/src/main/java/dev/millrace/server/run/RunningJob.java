package dev.millrace.server.run;

import org.jspecify.annotations.Nullable;

/** A streams job that runs in this process. */
interface RunningJob extends AutoCloseable {

    String name();

    /** Records taken from its input topics and processed since it was started here. */
    long processed();

    /** Why it has stopped for good; null while it has not. */
    @Nullable
    Throwable failure();

    /** Commits what is processed, and stops. */
    @Override
    void close();

    /** Stops without waiting for what can't be committed. */
    void abandon();
}
