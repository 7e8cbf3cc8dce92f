package dev.millrace.broker.log.directory;

import java.io.IOException;

/** The segment was deleted, truncated or cleaned before the reader came to it: it looks for the offset again. */
public final class SegmentGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    public SegmentGoneException(String message) {
        super(message);
    }
}
