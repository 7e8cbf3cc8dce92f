package dev.millrace.server.cli;

/** A command line that can't be understood. The message is for the user. */
final class UsageException extends Exception {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
