package dev.millrace.streams.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A plan as text, in the format that tools for Kafka Streams' topologies read. */
final class PlanDescription {

    private final Map<PlanNode, List<PlanNode>> children = new HashMap<>();
    private final Map<PlanNode, Integer> sizes = new HashMap<>();
    private final Comparator<PlanNode> biggestFirst =
            Comparator.<PlanNode>comparingInt(this::size).reversed().thenComparing(PlanNode::name);

    private PlanDescription(TopologyPlan plan) {
        for (SubTopology sub : plan.subTopologies()) {
            for (PlanNode node : sub.nodes()) {
                children.put(node, new ArrayList<>());
                node.parents().forEach(parent -> childrenOf(parent).add(node));
            }
        }
    }

    static String of(TopologyPlan plan) {
        var description = new PlanDescription(plan);
        var text = new StringBuilder("Topologies:\n ");
        for (SubTopology sub : plan.subTopologies()) {
            text.append("  Sub-topology: ").append(sub.id()).append('\n');
            sub.nodes().stream().sorted(description.biggestFirst).forEach(node -> text.append("    ")
                    .append(description.node(node))
                    .append('\n'));
            text.append('\n');
        }
        return text.toString();
    }

    private String node(PlanNode node) {
        String successors = "\n      --> " + names(childrenOf(node));
        String predecessors = "\n      <-- " + names(node.parents());
        if (node.step() instanceof Step.Source source) {
            return "Source: " + node.name() + " (topics: " + source.topics() + ")" + successors;
        }
        if (node.step() instanceof Step.Sink sink) {
            return "Sink: " + node.name() + " (topic: " + sink.topic() + ")" + predecessors;
        }
        @Nullable StoreSpec store = node.step().storeOrNull();
        String stores = store == null ? "[]" : "[" + store.name() + "]";
        return "Processor: " + node.name() + " (stores: " + stores + ")" + successors + predecessors;
    }

    private String names(List<PlanNode> nodes) {
        if (nodes.isEmpty()) {
            return "none";
        }
        return nodes.stream().sorted(biggestFirst).map(PlanNode::name).collect(Collectors.joining(", "));
    }

    private int size(PlanNode node) {
        @Nullable Integer known = sizes.get(node);
        if (known != null) {
            return known;
        }
        int size = 1;
        for (PlanNode child : childrenOf(node)) {
            size += size(child);
        }
        sizes.put(node, size);
        return size;
    }

    private List<PlanNode> childrenOf(PlanNode node) {
        return children.getOrDefault(node, List.of());
    }
}
