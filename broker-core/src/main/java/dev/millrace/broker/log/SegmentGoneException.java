package dev.millrace.broker.log;

import java.io.IOException;

/** The segment was deleted, truncated or cleaned before the reader came to it: it looks for the offset again. */
final class SegmentGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    SegmentGoneException(String message) {
        super(message);
    }
}
