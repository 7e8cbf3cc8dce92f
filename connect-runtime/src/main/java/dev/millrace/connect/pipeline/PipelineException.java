package dev.millrace.connect.pipeline;

/** A pipeline file that can't be used. The message is one line for its author: what is wrong, where, and how to mend it. */
public final class PipelineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PipelineException(String message) {
        super(message);
    }

    public PipelineException(String message, Throwable cause) {
        super(message, cause);
    }
}
