package dev.millrace.streams.kstream;

import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** How a topic is written. A null serde is the stream's own, else the application's default. */
public record Produced<K, V>(
        @Nullable Serde<K> keySerde,
        @Nullable Serde<V> valueSerde,
        @Nullable String name) {

    public Produced {
        TopologyNames.check(name);
    }

    public static <K, V> Produced<K, V> with(@Nullable Serde<K> keySerde, @Nullable Serde<V> valueSerde) {
        return new Produced<>(keySerde, valueSerde, null);
    }

    public static <K, V> Produced<K, V> as(String name) {
        return new Produced<>(null, null, name);
    }

    public Produced<K, V> withKeySerde(Serde<K> serde) {
        return new Produced<>(serde, valueSerde, name);
    }

    public Produced<K, V> withValueSerde(Serde<V> serde) {
        return new Produced<>(keySerde, serde, name);
    }

    public Produced<K, V> withName(String operatorName) {
        return new Produced<>(keySerde, valueSerde, operatorName);
    }
}
