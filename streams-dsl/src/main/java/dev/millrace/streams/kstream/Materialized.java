package dev.millrace.streams.kstream;

import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/**
 * How an aggregate is kept. The name becomes that of the store and of its changelog topic: name every store whose
 * topology will live on.
 *
 * <p>A store holds live objects. An aggregator may change the aggregate it is given; nobody else may change a value that
 * came out of a store.
 *
 * @param logged whether changes go to a changelog topic, from which the store is rebuilt
 * @param topicConfig settings of the changelog topic, on top of this library's
 * @param cached whether updates of one key between two commits may go downstream as one
 */
public record Materialized<K, V>(
        @Nullable String storeName,
        @Nullable Serde<K> keySerde,
        @Nullable Serde<V> valueSerde,
        boolean logged,
        Map<String, String> topicConfig,
        boolean cached) {

    public Materialized {
        TopologyNames.check(storeName);
        topicConfig = Map.copyOf(topicConfig);
    }

    public static <K, V> Materialized<K, V> as(String storeName) {
        return new Materialized<>(storeName, null, null, true, Map.of(), true);
    }

    public static <K, V> Materialized<K, V> with(@Nullable Serde<K> keySerde, @Nullable Serde<V> valueSerde) {
        return new Materialized<>(null, keySerde, valueSerde, true, Map.of(), true);
    }

    public Materialized<K, V> withKeySerde(Serde<K> serde) {
        return new Materialized<>(storeName, serde, valueSerde, logged, topicConfig, cached);
    }

    public Materialized<K, V> withValueSerde(Serde<V> serde) {
        return new Materialized<>(storeName, keySerde, serde, logged, topicConfig, cached);
    }

    public Materialized<K, V> withLoggingEnabled(Map<String, String> changelogTopicConfig) {
        return new Materialized<>(storeName, keySerde, valueSerde, true, changelogTopicConfig, cached);
    }

    /** State is lost with the process, and starts empty wherever the task runs next. */
    public Materialized<K, V> withLoggingDisabled() {
        return new Materialized<>(storeName, keySerde, valueSerde, false, Map.of(), cached);
    }

    public Materialized<K, V> withCachingEnabled() {
        return new Materialized<>(storeName, keySerde, valueSerde, logged, topicConfig, true);
    }

    /** Every single update goes downstream and to the changelog. */
    public Materialized<K, V> withCachingDisabled() {
        return new Materialized<>(storeName, keySerde, valueSerde, logged, topicConfig, false);
    }
}
