package dev.millrace.broker.log;

/** The largest timestamp so far, and the last offset of the first batch that has it. */
record MaxTimestamp(long timestampMs, long offset) {
    static final MaxTimestamp NONE = new MaxTimestamp(BatchHeader.NO_TIMESTAMP, -1);
}
