package dev.millrace.streams.plan;

import dev.millrace.streams.kstream.KStream;
import dev.millrace.streams.kstream.KTable;
import dev.millrace.streams.kstream.Named;
import dev.millrace.streams.kstream.Predicate;
import dev.millrace.streams.kstream.ValueMapperWithKey;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** A table under construction. */
record TableStage<K, V>(
        TopologyGraph graph,
        PlanNode node,
        @Nullable Serde<K> keySerde,
        @Nullable Serde<V> valueSerde,
        @Nullable String queryableStoreName)
        implements KTable<K, V> {

    @Override
    public KTable<K, V> filter(Predicate<? super K, ? super V> predicate, @Nullable Named named) {
        return filtered(predicate, true, named);
    }

    @Override
    public KTable<K, V> filterNot(Predicate<? super K, ? super V> predicate, @Nullable Named named) {
        return filtered(predicate, false, named);
    }

    @Override
    public <VR> KTable<K, VR> mapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends VR> mapper, @Nullable Named named) {
        var step = new Step.TableMapValues(Erased.valueMapper(mapper));
        return new TableStage<>(graph, add("KTABLE-MAPVALUES-", named, step), keySerde, null, null);
    }

    @Override
    public KStream<K, V> toStream(@Nullable Named named) {
        PlanNode added = add("KTABLE-TOSTREAM-", named, new Step.PassThrough());
        return new StreamStage<>(graph, added, keySerde, valueSerde, false);
    }

    private KTable<K, V> filtered(Predicate<? super K, ? super V> predicate, boolean passWhen, @Nullable Named named) {
        var step = new Step.TableFilter(Erased.predicate(predicate), passWhen);
        return new TableStage<>(graph, add("KTABLE-FILTER-", named, step), keySerde, valueSerde, null);
    }

    private PlanNode add(String prefix, @Nullable Named named, Step step) {
        return graph.add(graph.nameOr(named, prefix), step, node);
    }
}
