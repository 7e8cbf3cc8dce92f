package dev.millrace.connector.csv.row;

/**
 * A row that is not what the settings promise. The message is the reason alone: it never holds the row's content, because
 * it ends in logs; file, line and offset are known to the caller. Carries no stack trace: a bad file has many such rows.
 */
public final class MalformedRowException extends Exception {

    public MalformedRowException(String reason) {
        super(reason, null, false, false);
    }

    /** Never null, unlike {@link #getMessage()} by its declaration. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
