package dev.millrace.streams.kstream;

import org.jspecify.annotations.Nullable;

/**
 * Records grouped by key and window. Records with a null key are left out and counted, and so are late ones: those whose
 * window had closed before they came. The clock for that is the highest event time that this operator has seen.
 */
public interface TimeWindowedKStream<K, V> {

    /** How many records each key had in each window. */
    default KTable<Windowed<K>, Long> count() {
        return count(null, null);
    }

    default KTable<Windowed<K>, Long> count(Materialized<K, Long> materialized) {
        return count(null, materialized);
    }

    KTable<Windowed<K>, Long> count(@Nullable Named named, @Nullable Materialized<K, Long> materialized);

    /** The values of each key in each window combined; the first stands for itself. */
    default KTable<Windowed<K>, V> reduce(Reducer<V> reducer) {
        return reduce(reducer, null, Materialized.with(null, null));
    }

    default KTable<Windowed<K>, V> reduce(Reducer<V> reducer, Materialized<K, V> materialized) {
        return reduce(reducer, null, materialized);
    }

    KTable<Windowed<K>, V> reduce(Reducer<V> reducer, @Nullable Named named, Materialized<K, V> materialized);

    /** The records of each key in each window taken into something of another type. */
    default <A> KTable<Windowed<K>, A> aggregate(
            Initializer<A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Materialized<K, A> materialized) {
        return aggregate(initializer, aggregator, null, materialized);
    }

    <A> KTable<Windowed<K>, A> aggregate(
            Initializer<A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            @Nullable Named named,
            Materialized<K, A> materialized);
}
