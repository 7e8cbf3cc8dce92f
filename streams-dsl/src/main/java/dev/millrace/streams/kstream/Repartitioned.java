package dev.millrace.streams.kstream;

import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/**
 * How a stream is spread anew over partitions.
 *
 * @param partitions of the repartition topic; null for as many as the widest topic upstream has
 */
public record Repartitioned<K, V>(
        @Nullable String name,
        @Nullable Serde<K> keySerde,
        @Nullable Serde<V> valueSerde,
        @Nullable Integer partitions) {

    public Repartitioned {
        TopologyNames.check(name);
        if (partitions != null && partitions < 1) {
            throw new IllegalArgumentException(
                    "A repartition topic needs at least 1 partition, not " + partitions + ".");
        }
    }

    public static <K, V> Repartitioned<K, V> as(String name) {
        return new Repartitioned<>(name, null, null, null);
    }

    public static <K, V> Repartitioned<K, V> with(@Nullable Serde<K> keySerde, @Nullable Serde<V> valueSerde) {
        return new Repartitioned<>(null, keySerde, valueSerde, null);
    }

    public static <K, V> Repartitioned<K, V> numberOfPartitions(int partitions) {
        return new Repartitioned<>(null, null, null, partitions);
    }

    public Repartitioned<K, V> withName(String repartitionName) {
        return new Repartitioned<>(repartitionName, keySerde, valueSerde, partitions);
    }

    public Repartitioned<K, V> withKeySerde(Serde<K> serde) {
        return new Repartitioned<>(name, serde, valueSerde, partitions);
    }

    public Repartitioned<K, V> withValueSerde(Serde<V> serde) {
        return new Repartitioned<>(name, keySerde, serde, partitions);
    }

    public Repartitioned<K, V> withNumberOfPartitions(int count) {
        return new Repartitioned<>(name, keySerde, valueSerde, count);
    }
}
