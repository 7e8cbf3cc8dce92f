package dev.millrace.streams.kstream;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where a record's event time comes from. */
@FunctionalInterface
public interface TimestampExtractor {

    /** The time that the record carries: its producer's or the broker's, as the topic is configured. */
    TimestampExtractor RECORD_TIME = (record, partitionTimeMs) -> record.timestamp();

    /**
     * Milliseconds since the epoch. A negative result drops the record, which is counted.
     *
     * @param record key and value are deserialized already
     * @param partitionTimeMs the highest event time seen in this partition so far, -1 before the first
     */
    long extract(ConsumerRecord<Object, Object> record, long partitionTimeMs);
}
