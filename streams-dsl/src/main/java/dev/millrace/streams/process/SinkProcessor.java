package dev.millrace.streams.process;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** The end of a stream: bytes into a topic. */
final class SinkProcessor extends Processor {

    private final String topic;
    private final Serializer<Object> keySerializer;
    private final Serializer<Object> valueSerializer;

    @SuppressWarnings("unchecked")
    SinkProcessor(String name, TaskContext context, String topic, Serde<?> keySerde, Serde<?> valueSerde) {
        super(name, context);
        this.topic = topic;
        this.keySerializer = (Serializer<Object>) keySerde.serializer();
        this.valueSerializer = (Serializer<Object>) valueSerde.serializer();
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        byte[] keyBytes;
        byte[] valueBytes;
        try {
            keyBytes = keySerializer.serialize(topic, key);
            valueBytes = valueSerializer.serialize(topic, value);
        } catch (RuntimeException e) {
            context.serializationFailed(topic, e);
            return;
        }
        context.collector.send(topic, RecordCollector.BY_KEY, keyBytes, valueBytes, timestampMs, context.headers());
    }
}
