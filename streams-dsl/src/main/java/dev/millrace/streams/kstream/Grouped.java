package dev.millrace.streams.kstream;

import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/**
 * How a stream is grouped. The name becomes that of the repartition topic, should one be needed, and keeps it when
 * operators are added elsewhere: name every grouping whose topology will live on.
 */
public record Grouped<K, V>(
        @Nullable String name,
        @Nullable Serde<K> keySerde,
        @Nullable Serde<V> valueSerde) {

    public Grouped {
        TopologyNames.check(name);
    }

    public static <K, V> Grouped<K, V> with(@Nullable Serde<K> keySerde, @Nullable Serde<V> valueSerde) {
        return new Grouped<>(null, keySerde, valueSerde);
    }

    public static <K, V> Grouped<K, V> as(String name) {
        return new Grouped<>(name, null, null);
    }

    public Grouped<K, V> withName(String groupName) {
        return new Grouped<>(groupName, keySerde, valueSerde);
    }

    public Grouped<K, V> withKeySerde(Serde<K> serde) {
        return new Grouped<>(name, serde, valueSerde);
    }

    public Grouped<K, V> withValueSerde(Serde<V> serde) {
        return new Grouped<>(name, keySerde, serde);
    }
}
