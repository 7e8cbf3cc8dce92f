package dev.millrace.broker.log.index;

import dev.millrace.broker.log.batch.BatchHeader;

/** The largest timestamp so far, and the last offset of the first batch that has it. */
public record MaxTimestamp(long timestampMs, long offset) {
    public static final MaxTimestamp NONE = new MaxTimestamp(BatchHeader.NO_TIMESTAMP, -1);
}
