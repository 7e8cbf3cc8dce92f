package dev.millrace.streams.testing;

import dev.millrace.streams.kstream.KeyValue;
import java.util.List;
import org.apache.kafka.common.serialization.Serializer;

/** Pipes records into a topic of a {@link TopologyDriver}. */
public final class TestInputTopic<K, V> {

    private final TopologyDriver driver;
    private final String topic;
    private final Serializer<K> keySerializer;
    private final Serializer<V> valueSerializer;

    TestInputTopic(TopologyDriver driver, String topic, Serializer<K> keySerializer, Serializer<V> valueSerializer) {
        this.driver = driver;
        this.topic = topic;
        this.keySerializer = keySerializer;
        this.valueSerializer = valueSerializer;
    }

    /** A record with the driver's time. */
    public void pipeInput(K key, V value) {
        pipeInput(key, value, driver.nowMs());
    }

    public void pipeInput(K key, V value, long timestampMs) {
        pipeInput(new TestRecord<>(key, value, timestampMs));
    }

    public void pipeInput(TestRecord<K, V> record) {
        driver.pipe(
                topic,
                keySerializer.serialize(topic, record.headers(), record.key()),
                valueSerializer.serialize(topic, record.headers(), record.value()),
                record.headers(),
                record.timestampMs());
    }

    public void pipeKeyValueList(List<KeyValue<K, V>> records) {
        records.forEach(record -> pipeInput(record.key, record.value));
    }
}
