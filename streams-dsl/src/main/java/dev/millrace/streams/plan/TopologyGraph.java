package dev.millrace.streams.plan;

import dev.millrace.streams.errors.TopologyException;
import dev.millrace.streams.kstream.Consumed;
import dev.millrace.streams.kstream.KStream;
import dev.millrace.streams.kstream.Named;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The topology while it is being written: nodes in the order of writing. Names are numbered as Kafka Streams numbers them,
 * spent numbers included, so that a ported topology finds its repartition and changelog topics again.
 */
public final class TopologyGraph {

    static final String REPARTITION_SUFFIX = "-repartition";
    private static final String SOURCE_PREFIX = "KSTREAM-SOURCE-";

    private final List<PlanNode> nodes = new ArrayList<>();
    private final Map<String, PlanNode> byName = new LinkedHashMap<>();
    private final Map<String, RepartitionTopic> repartitionTopics = new LinkedHashMap<>();
    private final Map<String, PlanNode> stores = new LinkedHashMap<>();
    private final List<PlanNode> sources = new ArrayList<>();
    private int nextNumber;

    /** Starts a stream at topics of the world outside. */
    public <K, V> KStream<K, V> stream(List<String> topics, Consumed<K, V> consumed) {
        if (topics.isEmpty()) {
            throw new TopologyException("A stream needs at least one topic to read.");
        }
        String name = consumed.name() != null ? consumed.name() : nextName(SOURCE_PREFIX);
        PlanNode source = sourceOf(topics, name, consumed);
        return new StreamStage<>(this, source, consumed.keySerde(), consumed.valueSerde(), false);
    }

    /** The topology as far as it is written. */
    public TopologyPlan plan() {
        return TopologyPlan.of(nodes, repartitionTopics);
    }

    private <K, V> PlanNode sourceOf(List<String> topics, String name, Consumed<K, V> consumed) {
        for (PlanNode source : sources) {
            List<String> read = ((Step.Source) source.step()).topics();
            if (read.equals(topics)) {
                return source;
            }
            for (String topic : topics) {
                if (read.contains(topic)) {
                    throw new TopologyException(
                            "Topic '" + topic + "' is read twice, together with different other topics (" + read
                                    + " and " + topics + "): read it once and use the stream twice.");
                }
            }
        }
        var step = new Step.Source(
                List.copyOf(topics), consumed.keySerde(), consumed.valueSerde(), consumed.timestampExtractor());
        PlanNode source = add(name, step);
        sources.add(source);
        return source;
    }

    PlanNode add(String name, Step step, PlanNode... parents) {
        var node = new PlanNode(nodes.size(), name, step, List.of(parents));
        if (byName.putIfAbsent(name, node) != null) {
            throw new TopologyException("Two operators are named '" + name + "': names must be unique in a topology.");
        }
        StoreSpec store = step.storeOrNull();
        if (store != null && stores.putIfAbsent(store.name(), node) != null) {
            throw new TopologyException(
                    "Two stores are named '" + store.name() + "': names must be unique in a topology.");
        }
        nodes.add(node);
        return node;
    }

    String nextName(String prefix) {
        String number = Integer.toString(nextNumber++);
        return prefix + "0".repeat(10 - number.length()) + number;
    }

    String nameOr(@Nullable Named named, String prefix) {
        return named != null ? named.name() : nextName(prefix);
    }

    String nextStoreName(String prefix) {
        return nextName(prefix + "STATE-STORE-");
    }

    /** Spends the numbers that a repartitioning would, for one that is shared instead. */
    void skipRepartitionNames() {
        nextNumber += 3;
    }

    /** Ends a sub-topology in a repartition topic and begins the next one there: the node that it begins with. */
    PlanNode repartition(PlanNode parent, Repartition repartition) {
        String topic = repartition.prefix().endsWith(REPARTITION_SUFFIX)
                ? repartition.prefix()
                : repartition.prefix() + REPARTITION_SUFFIX;
        String sinkName = nextName("KSTREAM-SINK-");
        String filterName = nextName("KSTREAM-FILTER-");
        String sourceName = nextName(SOURCE_PREFIX);
        boolean numbered = repartition.prefix().matches("KSTREAM.*-[0-9]{10}");
        if (!numbered) {
            sinkName = topic + "-sink";
            filterName = topic + "-filter";
            sourceName = topic + "-source";
        }
        if (repartitionTopics.putIfAbsent(topic, new RepartitionTopic(topic, repartition.partitions())) != null) {
            throw new TopologyException("Two groupings or repartitionings are named '" + repartition.prefix()
                    + "': names must be unique in a topology.");
        }
        PlanNode filter = add(filterName, new Step.DropNullKeys(), parent);
        add(sinkName, new Step.Sink(topic, repartition.keySerde(), repartition.valueSerde()), filter);
        return add(sourceName, new Step.Source(List.of(topic), repartition.keySerde(), repartition.valueSerde(), null));
    }
}
