package dev.millrace.broker.log.disk;

import java.io.IOException;

/** Bytes on disk are not what was written, and no recovery can mend it. The message names file and position. */
public final class LogCorruptException extends IOException {
    private static final long serialVersionUID = 1L;

    public LogCorruptException(String message) {
        super(message);
    }
}
