package dev.millrace.broker.partition;

import java.io.IOException;

/** The partition lies, or may lie, in one of log.dirs that has failed. It is not tried again until the broker starts anew. */
final class LogDirOfflineException extends IOException {
    private static final long serialVersionUID = 1L;

    LogDirOfflineException(String message) {
        super(message);
    }
}
