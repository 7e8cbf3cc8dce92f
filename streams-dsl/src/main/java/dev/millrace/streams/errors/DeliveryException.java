package dev.millrace.streams.errors;

/**
 * A client refused to take a record for reasons of its own: fenced, timed out, in an aborted transaction. The record is not
 * at fault, and the task's state is ahead of what will be committed: rebuild it.
 */
public final class DeliveryException extends StreamsException {

    public DeliveryException(String message, Throwable cause) {
        super(message, cause);
    }
}
