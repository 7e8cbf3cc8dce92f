package dev.millrace.broker.network;

import java.util.function.Supplier;

/**
 * There was no memory for what one connection sends or is sent, and nothing else was under way: the connection closes and the
 * broker goes on. Anywhere else an OutOfMemoryError may leave something half done.
 */
final class NoMemoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private NoMemoryException(OutOfMemoryError cause) {
        super(cause.toString(), cause, false, false);
    }

    /** For what does nothing but allocate. */
    static <T> T allocating(Supplier<T> allocation) {
        try {
            return allocation.get();
        } catch (OutOfMemoryError e) {
            throw new NoMemoryException(e);
        }
    }
}
