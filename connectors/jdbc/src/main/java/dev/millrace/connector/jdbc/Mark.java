package dev.millrace.connector.jdbc;

import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * How far a partition is in the database.
 *
 * @param next      the offset to read next
 * @param timestamp of the record before it, by which a topic is told from another one of the same name; null when that record
 *                  had none, or an administrator has set the mark
 */
record Mark(long next, @Nullable Long timestamp) {

    static Mark after(SinkRecord record) {
        return new Mark(record.originalKafkaOffset() + 1, record.timestamp());
    }

    /** Where to begin reading: at the record before, if it can be recognised. */
    long readFrom() {
        return timestamp == null || next == 0 ? next : next - 1;
    }
}
