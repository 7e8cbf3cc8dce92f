package dev.millrace.streams.plan;

import dev.millrace.streams.kstream.Aggregator;
import dev.millrace.streams.kstream.Initializer;
import dev.millrace.streams.kstream.KTable;
import dev.millrace.streams.kstream.Materialized;
import dev.millrace.streams.kstream.Named;
import dev.millrace.streams.kstream.Reducer;
import dev.millrace.streams.kstream.TimeWindowedKStream;
import dev.millrace.streams.kstream.TimeWindows;
import dev.millrace.streams.kstream.Windowed;
import dev.millrace.streams.serde.WindowedSerde;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** A windowed grouping under construction. */
record WindowedStage<K, V>(GroupedStage<K, V> group, TimeWindows windows) implements TimeWindowedKStream<K, V> {

    @Override
    public KTable<Windowed<K>, Long> count(@Nullable Named named, @Nullable Materialized<K, Long> materialized) {
        return table(group.counted(materialized), "KSTREAM-AGGREGATE-", named, new Step.Folding.Counting());
    }

    @Override
    public KTable<Windowed<K>, V> reduce(Reducer<V> reducer, @Nullable Named named, Materialized<K, V> materialized) {
        return table(group.reduced(materialized), "KSTREAM-REDUCE-", named, Erased.reducing(reducer));
    }

    @Override
    public <A> KTable<Windowed<K>, A> aggregate(
            Initializer<A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            @Nullable Named named,
            Materialized<K, A> materialized) {
        return table(materialized, "KSTREAM-AGGREGATE-", named, Erased.aggregating(initializer, aggregator));
    }

    private <A> KTable<Windowed<K>, A> table(
            Materialized<K, A> materialized, String prefix, @Nullable Named named, Step.Folding folding) {
        var aggregation = group.new Aggregation<>(materialized, prefix, named, windows);
        PlanNode added = aggregation.add(store -> new Step.WindowAggregate(folding, windows, store));
        Materialized<K, A> kept = aggregation.materialized;
        Serde<K> keys = kept.keySerde();
        Serde<Windowed<K>> windowedKeys = keys == null ? null : new WindowedSerde<>(keys, windows.sizeMs());
        return new TableStage<>(group.graph, added, windowedKeys, kept.valueSerde(), kept.storeName());
    }
}
