package dev.millrace.broker.log.disk;

import java.io.IOException;

/** There is no room on the disk. What was to be written is not there; the same may work later. */
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1L;

    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }

    public DiskFullException(String message) {
        super(message);
    }
}
