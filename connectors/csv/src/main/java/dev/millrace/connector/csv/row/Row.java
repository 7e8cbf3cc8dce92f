package dev.millrace.connector.csv.row;

/** A row as it stands in the file. */
public sealed interface Row {

    /** Position of its first byte in the file. */
    long offset();

    /** The line, from 1, in which it begins. */
    long line();

    /** Its text, without the line end. */
    String text();

    /** A row that could be split into columns; whether they make sense is for {@link RowShape} to say. */
    record Parsed(long offset, long line, String text, String[] columns) implements Row {}

    /**
     * A row that could not be.
     *
     * @param text what can be shown of it: bytes that are no text are replaced, and a line that is too long is cut
     */
    record Malformed(long offset, long line, String text, String reason) implements Row {}
}
