package dev.millrace.streams.errors;

/**
 * One record can't be read, processed or written, and the error policy is to fail. Trying again gives the same result,
 * so nothing restarts by itself. The message names topic, partition and offset.
 */
public final class RecordFailedException extends StreamsException {

    public RecordFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
