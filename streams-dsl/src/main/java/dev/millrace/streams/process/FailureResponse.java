package dev.millrace.streams.process;

/** What to do about a record that can't be read, processed or written. */
public enum FailureResponse {
    /** Stop, with one line that names the record. Nothing is lost: the record is met again at the next start. */
    FAIL,
    /** Leave the record out, count it, and go on. */
    CONTINUE
}
