package dev.millrace.broker.partition;

import java.util.List;

/** Told which of log.dirs have failed. Any thread. */
public interface LogDirFailures {

    /**
     * A directory is offline from now on.
     *
     * @param alive those that are left
     */
    void onFailure(String logDir, List<String> alive);

    /** Tells nobody. */
    LogDirFailures NONE = (logDir, alive) -> {};
}
