package dev.millrace.streams.testing;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A record that goes into or came out of a test's topics; key and value may be null. */
public record TestRecord<K, V>(K key, V value, Headers headers, long timestampMs) {

    public TestRecord(K key, V value, long timestampMs) {
        this(key, value, new RecordHeaders(), timestampMs);
    }
}
