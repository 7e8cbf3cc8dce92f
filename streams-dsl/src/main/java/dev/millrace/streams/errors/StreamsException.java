package dev.millrace.streams.errors;

import org.jspecify.annotations.Nullable;

/** The application can't go on as it is; the message says what to mend. */
public class StreamsException extends RuntimeException {

    public StreamsException(String message) {
        super(message);
    }

    public StreamsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
