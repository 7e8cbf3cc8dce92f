package dev.millrace.streams.state;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Entries as changelog records, byte for byte as Kafka Streams writes those of its timestamped stores: the plain value with
 * the entry's event time as the record's timestamp; a windowed key is followed by the window's start (eight bytes) and a
 * sequence number (four bytes, 0).
 */
final class ChangelogFormat {

    private static final int WINDOW_BYTES = Long.BYTES + Integer.BYTES;

    private final Serializer<Object> keySerializer;
    private final Deserializer<Object> keyDeserializer;
    private final Serializer<Object> valueSerializer;
    private final Deserializer<Object> valueDeserializer;
    private final String topic;
    private final boolean windowed;

    @SuppressWarnings("unchecked")
    ChangelogFormat(Serde<?> keySerde, Serde<?> valueSerde, String topic, boolean windowed) {
        keySerializer = (Serializer<Object>) keySerde.serializer();
        keyDeserializer = (Deserializer<Object>) keySerde.deserializer();
        valueSerializer = (Serializer<Object>) valueSerde.serializer();
        valueDeserializer = (Deserializer<Object>) valueSerde.deserializer();
        this.topic = topic;
        this.windowed = windowed;
    }

    byte[] key(StateEntry entry) {
        byte[] key = keySerializer.serialize(topic, entry.key);
        if (!windowed) {
            return key;
        }
        return ByteBuffer.allocate(key.length + WINDOW_BYTES)
                .put(key)
                .putLong(entry.windowStartMs)
                .putInt(0)
                .array();
    }

    byte[] value(Object value) {
        return valueSerializer.serialize(topic, value);
    }

    Object readKey(byte[] key) {
        return keyDeserializer.deserialize(topic, windowed ? Arrays.copyOf(key, key.length - WINDOW_BYTES) : key);
    }

    long readWindowStart(byte[] key) {
        return windowed ? ByteBuffer.wrap(key).getLong(key.length - WINDOW_BYTES) : StateEntry.NO_WINDOW;
    }

    Object readValue(byte[] value) {
        return valueDeserializer.deserialize(topic, value);
    }
}
