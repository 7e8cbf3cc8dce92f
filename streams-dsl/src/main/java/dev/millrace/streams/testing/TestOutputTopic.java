package dev.millrace.streams.testing;

import dev.millrace.streams.kstream.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Reads a topic of a {@link TopologyDriver}, record by record in the order in which they were committed. */
public final class TestOutputTopic<K, V> {

    private final List<ConsumerRecord<byte[], byte[]>> log;
    private final Deserializer<K> keyDeserializer;
    private final Deserializer<V> valueDeserializer;
    private int next;

    TestOutputTopic(
            List<ConsumerRecord<byte[], byte[]>> log,
            Deserializer<K> keyDeserializer,
            Deserializer<V> valueDeserializer) {
        this.log = log;
        this.keyDeserializer = keyDeserializer;
        this.valueDeserializer = valueDeserializer;
    }

    public boolean isEmpty() {
        return next == log.size();
    }

    public long getQueueSize() {
        return (long) log.size() - next;
    }

    /** @throws NoSuchElementException if there is none */
    public TestRecord<K, V> readRecord() {
        if (isEmpty()) {
            throw new NoSuchElementException("No more records in the topic");
        }
        ConsumerRecord<byte[], byte[]> record = log.get(next++);
        return new TestRecord<>(
                read(keyDeserializer, record.topic(), record.key()),
                read(valueDeserializer, record.topic(), record.value()),
                record.headers(),
                record.timestamp());
    }

    public KeyValue<K, V> readKeyValue() {
        TestRecord<K, V> record = readRecord();
        return KeyValue.pair(record.key(), record.value());
    }

    public V readValue() {
        return readRecord().value();
    }

    public List<TestRecord<K, V>> readRecordsToList() {
        var records = new ArrayList<TestRecord<K, V>>();
        while (!isEmpty()) {
            records.add(readRecord());
        }
        return records;
    }

    public List<KeyValue<K, V>> readKeyValuesToList() {
        var records = new ArrayList<KeyValue<K, V>>();
        while (!isEmpty()) {
            records.add(readKeyValue());
        }
        return records;
    }

    /** The last value of each key. */
    public Map<K, V> readKeyValuesToMap() {
        var latest = new HashMap<K, V>();
        while (!isEmpty()) {
            TestRecord<K, V> record = readRecord();
            latest.put(record.key(), record.value());
        }
        return latest;
    }

    @SuppressWarnings("NullAway") // Null stays null, whatever the deserializer would make of it.
    private static <T> T read(Deserializer<T> deserializer, String topic, byte @Nullable [] bytes) {
        return bytes == null ? null : deserializer.deserialize(topic, bytes);
    }
}
