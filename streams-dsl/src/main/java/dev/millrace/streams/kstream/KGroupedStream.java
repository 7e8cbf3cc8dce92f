package dev.millrace.streams.kstream;

import org.jspecify.annotations.Nullable;

/**
 * Records grouped by key, to be aggregated over all time or by window. Records with a null key or a null value are left out
 * and counted. An aggregate's event time is that of its newest record.
 */
public interface KGroupedStream<K, V> {

    /** How many records each key had. */
    default KTable<K, Long> count() {
        return count(null, null);
    }

    default KTable<K, Long> count(Materialized<K, Long> materialized) {
        return count(null, materialized);
    }

    KTable<K, Long> count(@Nullable Named named, @Nullable Materialized<K, Long> materialized);

    /** The values of each key combined; the first stands for itself. */
    default KTable<K, V> reduce(Reducer<V> reducer) {
        return reduce(reducer, null, Materialized.with(null, null));
    }

    default KTable<K, V> reduce(Reducer<V> reducer, Materialized<K, V> materialized) {
        return reduce(reducer, null, materialized);
    }

    KTable<K, V> reduce(Reducer<V> reducer, @Nullable Named named, Materialized<K, V> materialized);

    /** The records of each key taken into something of another type. */
    default <A> KTable<K, A> aggregate(
            Initializer<A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Materialized<K, A> materialized) {
        return aggregate(initializer, aggregator, null, materialized);
    }

    <A> KTable<K, A> aggregate(
            Initializer<A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            @Nullable Named named,
            Materialized<K, A> materialized);

    /** One aggregate for each key and window instead of one for each key. */
    TimeWindowedKStream<K, V> windowedBy(TimeWindows windows);
}
