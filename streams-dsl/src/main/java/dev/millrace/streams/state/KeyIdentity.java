package dev.millrace.streams.state;

import java.util.Arrays;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * When two keys are the same key. The rule is that of the log: when their bytes are equal. For key types whose own equality
 * says the same, the bytes need not be made.
 */
final class KeyIdentity {

    private static final Set<Class<?>> EQUAL_WHEN_BYTES_ARE = Set.of(
            Serdes.StringSerde.class,
            Serdes.LongSerde.class,
            Serdes.IntegerSerde.class,
            Serdes.ShortSerde.class,
            Serdes.UUIDSerde.class);

    private final @Nullable Serializer<Object> serializer;
    private final String topic;

    @SuppressWarnings("unchecked")
    KeyIdentity(Serde<?> keySerde, String topic) {
        boolean plain = EQUAL_WHEN_BYTES_ARE.contains(keySerde.getClass());
        serializer = plain ? null : (Serializer<Object>) keySerde.serializer();
        this.topic = topic;
    }

    Object of(Object key) {
        return serializer == null ? key : new Bytes(serializer.serialize(topic, key));
    }

    private record Bytes(byte[] bytes) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }
}
