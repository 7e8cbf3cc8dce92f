package dev.millrace.server;

/**
 * Something that the user can mend. The message is one line that names the offending thing and how to mend it; the command
 * line prints it without a stack trace and exits with status 1.
 */
public final class UserError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UserError(String message) {
        super(message);
    }

    public UserError(String message, Throwable cause) {
        super(message, cause);
    }
}
