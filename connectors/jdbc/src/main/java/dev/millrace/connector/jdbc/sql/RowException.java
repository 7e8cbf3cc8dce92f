package dev.millrace.connector.jdbc.sql;

/** A record that can't become a row; the message is the reason alone. Carries no stack trace: a bad topic has many. */
public final class RowException extends Exception {

    public RowException(String reason) {
        super(reason, null, false, false);
    }

    /** Never null, unlike {@link #getMessage()} by its declaration. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
