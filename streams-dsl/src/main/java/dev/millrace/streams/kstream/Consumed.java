package dev.millrace.streams.kstream;

import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/**
 * How a topic is read. What is null comes from the application's settings: {@code default.key.serde},
 * {@code default.value.serde}, {@code default.timestamp.extractor}.
 */
public record Consumed<K, V>(
        @Nullable Serde<K> keySerde,
        @Nullable Serde<V> valueSerde,
        @Nullable TimestampExtractor timestampExtractor,
        @Nullable String name) {

    public Consumed {
        TopologyNames.check(name);
    }

    public static <K, V> Consumed<K, V> with(@Nullable Serde<K> keySerde, @Nullable Serde<V> valueSerde) {
        return new Consumed<>(keySerde, valueSerde, null, null);
    }

    public static <K, V> Consumed<K, V> as(String name) {
        return new Consumed<>(null, null, null, name);
    }

    public Consumed<K, V> withKeySerde(Serde<K> serde) {
        return new Consumed<>(serde, valueSerde, timestampExtractor, name);
    }

    public Consumed<K, V> withValueSerde(Serde<V> serde) {
        return new Consumed<>(keySerde, serde, timestampExtractor, name);
    }

    public Consumed<K, V> withTimestampExtractor(TimestampExtractor extractor) {
        return new Consumed<>(keySerde, valueSerde, extractor, name);
    }

    public Consumed<K, V> withName(String operatorName) {
        return new Consumed<>(keySerde, valueSerde, timestampExtractor, operatorName);
    }
}
