package dev.millrace.streams.plan;

import dev.millrace.streams.kstream.Aggregator;
import dev.millrace.streams.kstream.Grouped;
import dev.millrace.streams.kstream.Initializer;
import dev.millrace.streams.kstream.KGroupedStream;
import dev.millrace.streams.kstream.KTable;
import dev.millrace.streams.kstream.Materialized;
import dev.millrace.streams.kstream.Named;
import dev.millrace.streams.kstream.Reducer;
import dev.millrace.streams.kstream.TimeWindowedKStream;
import dev.millrace.streams.kstream.TimeWindows;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/** A grouped stream under construction. */
final class GroupedStage<K, V> implements KGroupedStream<K, V> {

    private static final String AGGREGATE = "KSTREAM-AGGREGATE-";
    private static final String REDUCE = "KSTREAM-REDUCE-";

    final TopologyGraph graph;
    final Grouped<K, V> grouped;
    private final PlanNode node;
    private final boolean keyChanged;
    private @Nullable PlanNode namedRepartition;

    GroupedStage(TopologyGraph graph, PlanNode node, Grouped<K, V> grouped, boolean keyChanged) {
        this.graph = graph;
        this.node = node;
        this.grouped = grouped;
        this.keyChanged = keyChanged;
    }

    @Override
    public KTable<K, Long> count(@Nullable Named named, @Nullable Materialized<K, Long> materialized) {
        var stage = new Aggregation<>(counted(materialized), AGGREGATE, named, null);
        return table(stage, new Step.Folding.Counting());
    }

    @Override
    public KTable<K, V> reduce(Reducer<V> reducer, @Nullable Named named, Materialized<K, V> materialized) {
        var stage = new Aggregation<>(reduced(materialized), REDUCE, named, null);
        return table(stage, Erased.reducing(reducer));
    }

    @Override
    public <A> KTable<K, A> aggregate(
            Initializer<A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            @Nullable Named named,
            Materialized<K, A> materialized) {
        var stage = new Aggregation<>(materialized, AGGREGATE, named, null);
        return table(stage, Erased.aggregating(initializer, aggregator));
    }

    @Override
    public TimeWindowedKStream<K, V> windowedBy(TimeWindows windows) {
        return new WindowedStage<>(this, windows);
    }

    /** A count whose options leave the store unnamed spends one more number, as it always has in Kafka Streams. */
    Materialized<K, Long> counted(@Nullable Materialized<K, Long> materialized) {
        if (materialized == null) {
            return Materialized.with(null, Serdes.Long());
        }
        if (materialized.storeName() == null) {
            graph.nextStoreName(AGGREGATE);
        }
        return materialized.valueSerde() != null ? materialized : materialized.withValueSerde(Serdes.Long());
    }

    Materialized<K, V> reduced(Materialized<K, V> materialized) {
        Serde<V> values = grouped.valueSerde();
        return materialized.valueSerde() != null || values == null ? materialized : materialized.withValueSerde(values);
    }

    private <A> KTable<K, A> table(Aggregation<A> aggregation, Step.Folding folding) {
        PlanNode added = aggregation.add(store -> new Step.Aggregate(folding, store));
        Materialized<K, A> kept = aggregation.materialized;
        return new TableStage<>(graph, added, kept.keySerde(), kept.valueSerde(), kept.storeName());
    }

    /**
     * Names are given out in the order store, aggregate, repartition topic; an explicit grouping name makes all aggregates of
     * this grouping share one repartition topic.
     */
    final class Aggregation<A> {

        final Materialized<K, A> materialized;
        private final String storeName;
        private final String name;
        private final @Nullable TimeWindows windows;

        Aggregation(Materialized<K, A> given, String prefix, @Nullable Named named, @Nullable TimeWindows windows) {
            Serde<K> keys = grouped.keySerde();
            this.materialized = given.keySerde() != null || keys == null ? given : given.withKeySerde(keys);
            this.windows = windows;
            this.storeName = given.storeName() != null ? given.storeName() : graph.nextStoreName(prefix);
            this.name = graph.nameOr(named, prefix);
        }

        PlanNode add(Function<StoreSpec, Step> step) {
            StoreSpec store = StoreSpec.of(storeName, materialized, windows);
            return graph.add(name, step.apply(store), keyChanged ? repartitioned() : node);
        }

        private PlanNode repartitioned() {
            String groupName = grouped.name();
            if (groupName != null && namedRepartition != null) {
                graph.skipRepartitionNames();
                return namedRepartition;
            }
            String prefix = groupName != null ? groupName : storeName;
            namedRepartition =
                    graph.repartition(node, new Repartition(prefix, grouped.keySerde(), grouped.valueSerde(), null));
            return namedRepartition;
        }
    }
}
