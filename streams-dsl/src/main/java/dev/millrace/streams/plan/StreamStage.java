package dev.millrace.streams.plan;

import dev.millrace.streams.errors.TopologyException;
import dev.millrace.streams.kstream.ForeachAction;
import dev.millrace.streams.kstream.Grouped;
import dev.millrace.streams.kstream.KGroupedStream;
import dev.millrace.streams.kstream.KStream;
import dev.millrace.streams.kstream.KeyValue;
import dev.millrace.streams.kstream.KeyValueMapper;
import dev.millrace.streams.kstream.Named;
import dev.millrace.streams.kstream.Predicate;
import dev.millrace.streams.kstream.Produced;
import dev.millrace.streams.kstream.Repartitioned;
import dev.millrace.streams.kstream.ValueMapperWithKey;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/**
 * A stream under construction: the node that it comes out of, and what is known about its records.
 *
 * @param keyChanged whether equal keys may be on different partitions by now
 */
record StreamStage<K, V>(
        TopologyGraph graph,
        PlanNode node,
        @Nullable Serde<K> keySerde,
        @Nullable Serde<V> valueSerde,
        boolean keyChanged)
        implements KStream<K, V> {

    @Override
    public KStream<K, V> filter(Predicate<? super K, ? super V> predicate, @Nullable Named named) {
        return sameTypes("KSTREAM-FILTER-", named, new Step.Filter(Erased.predicate(predicate), true));
    }

    @Override
    public KStream<K, V> filterNot(Predicate<? super K, ? super V> predicate, @Nullable Named named) {
        return sameTypes("KSTREAM-FILTER-", named, new Step.Filter(Erased.predicate(predicate), false));
    }

    @Override
    public <KR> KStream<KR, V> selectKey(
            KeyValueMapper<? super K, ? super V, ? extends KR> mapper, @Nullable Named named) {
        PlanNode added = add("KSTREAM-KEY-SELECT-", named, new Step.SelectKey(Erased.mapper(mapper)));
        return new StreamStage<>(graph, added, null, valueSerde, true);
    }

    @Override
    public <KR, VR> KStream<KR, VR> map(
            KeyValueMapper<? super K, ? super V, ? extends KeyValue<? extends KR, ? extends VR>> mapper,
            @Nullable Named named) {
        return new StreamStage<>(
                graph, add("KSTREAM-MAP-", named, new Step.Map(Erased.mapper(mapper))), null, null, true);
    }

    @Override
    public <VR> KStream<K, VR> mapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends VR> mapper, @Nullable Named named) {
        PlanNode added = add("KSTREAM-MAPVALUES-", named, new Step.MapValues(Erased.valueMapper(mapper)));
        return new StreamStage<>(graph, added, keySerde, null, keyChanged);
    }

    @Override
    public <KR, VR> KStream<KR, VR> flatMap(
            KeyValueMapper<? super K, ? super V, ? extends Iterable<? extends KeyValue<? extends KR, ? extends VR>>>
                    mapper,
            @Nullable Named named) {
        return new StreamStage<>(
                graph, add("KSTREAM-FLATMAP-", named, new Step.FlatMap(Erased.mapper(mapper))), null, null, true);
    }

    @Override
    public <VR> KStream<K, VR> flatMapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends Iterable<? extends VR>> mapper, @Nullable Named named) {
        PlanNode added = add("KSTREAM-FLATMAPVALUES-", named, new Step.FlatMapValues(Erased.valueMapper(mapper)));
        return new StreamStage<>(graph, added, keySerde, null, keyChanged);
    }

    @Override
    public KStream<K, V> merge(KStream<K, V> other, @Nullable Named named) {
        if (!(other instanceof StreamStage<K, V> that) || that.graph != graph) {
            throw new TopologyException("Streams can be merged only within one StreamsBuilder.");
        }
        String name = graph.nameOr(named, "KSTREAM-MERGE-");
        PlanNode merged = graph.add(name, new Step.PassThrough(), node, that.node);
        return new StreamStage<>(graph, merged, null, null, keyChanged || that.keyChanged);
    }

    @Override
    public KStream<K, V> peek(ForeachAction<? super K, ? super V> action, @Nullable Named named) {
        return sameTypes("KSTREAM-PEEK-", named, new Step.Peek(Erased.action(action)));
    }

    @Override
    public void foreach(ForeachAction<? super K, ? super V> action, @Nullable Named named) {
        add("KSTREAM-FOREACH-", named, new Step.Foreach(Erased.action(action)));
    }

    @Override
    public void to(String topic, Produced<K, V> produced) {
        String name = produced.name() != null ? produced.name() : graph.nextName("KSTREAM-SINK-");
        Serde<?> keys = produced.keySerde() != null ? produced.keySerde() : keySerde;
        Serde<?> values = produced.valueSerde() != null ? produced.valueSerde() : valueSerde;
        graph.add(name, new Step.Sink(topic, keys, values), node);
    }

    @Override
    public KStream<K, V> repartition(Repartitioned<K, V> repartitioned) {
        String prefix = repartitioned.name() != null ? repartitioned.name() : graph.nextName("KSTREAM-REPARTITION-");
        Serde<K> keys = repartitioned.keySerde() != null ? repartitioned.keySerde() : keySerde;
        Serde<V> values = repartitioned.valueSerde() != null ? repartitioned.valueSerde() : valueSerde;
        PlanNode source = graph.repartition(node, new Repartition(prefix, keys, values, repartitioned.partitions()));
        return new StreamStage<>(graph, source, keys, values, false);
    }

    @Override
    public <KR> KGroupedStream<KR, V> groupBy(
            KeyValueMapper<? super K, ? super V, KR> keySelector, Grouped<KR, V> grouped) {
        String name = grouped.name() != null ? grouped.name() : graph.nextName("KSTREAM-KEY-SELECT-");
        PlanNode selected = graph.add(name, new Step.SelectKey(Erased.mapper(keySelector)), node);
        Serde<V> values = grouped.valueSerde() != null ? grouped.valueSerde() : valueSerde;
        return new GroupedStage<>(graph, selected, new Grouped<>(grouped.name(), grouped.keySerde(), values), true);
    }

    @Override
    public KGroupedStream<K, V> groupByKey(Grouped<K, V> grouped) {
        Serde<K> keys = grouped.keySerde() != null ? grouped.keySerde() : keySerde;
        Serde<V> values = grouped.valueSerde() != null ? grouped.valueSerde() : valueSerde;
        return new GroupedStage<>(graph, node, new Grouped<>(grouped.name(), keys, values), keyChanged);
    }

    private PlanNode add(String prefix, @Nullable Named named, Step step) {
        return graph.add(graph.nameOr(named, prefix), step, node);
    }

    private KStream<K, V> sameTypes(String prefix, @Nullable Named named, Step step) {
        return new StreamStage<>(graph, add(prefix, named, step), keySerde, valueSerde, keyChanged);
    }
}
