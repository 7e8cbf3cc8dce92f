package dev.millrace.streams.serde;

import dev.millrace.streams.kstream.Window;
import dev.millrace.streams.kstream.Windowed;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * A key with its time window: the key's bytes, then the window's start as eight bytes, big-endian. The same bytes as Kafka
 * Streams' time-windowed serde; the window's size is not among them and has to be known to the reader.
 */
public final class WindowedSerde<K> implements Serde<Windowed<K>> {

    private final Serde<K> keySerde;
    private final long windowSizeMs;

    public WindowedSerde(Serde<K> keySerde, long windowSizeMs) {
        this.keySerde = keySerde;
        this.windowSizeMs = windowSizeMs;
    }

    @Override
    public Serializer<Windowed<K>> serializer() {
        Serializer<K> keys = keySerde.serializer();
        return (topic, windowed) -> write(keys, topic, windowed);
    }

    @Override
    public Deserializer<Windowed<K>> deserializer() {
        Deserializer<K> keys = keySerde.deserializer();
        return (topic, bytes) -> read(keys, topic, bytes);
    }

    @SuppressWarnings("NullAway") // Serializers take and give null for null, which kafka-clients does not annotate.
    private byte[] write(Serializer<K> keys, String topic, @Nullable Windowed<K> windowed) {
        if (windowed == null) {
            return null;
        }
        byte[] key = keys.serialize(topic, windowed.key());
        return ByteBuffer.allocate(key.length + Long.BYTES)
                .put(key)
                .putLong(windowed.window().start())
                .array();
    }

    @SuppressWarnings("NullAway") // As above.
    private Windowed<K> read(Deserializer<K> keys, String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        int keyLength = bytes.length - Long.BYTES;
        if (keyLength < 0) {
            throw new SerializationException("A windowed key has at least 8 bytes, this one has " + bytes.length + ".");
        }
        long start = ByteBuffer.wrap(bytes).getLong(keyLength);
        K key = keys.deserialize(topic, Arrays.copyOf(bytes, keyLength));
        return new Windowed<>(key, new Window(start, start + windowSizeMs));
    }
}
