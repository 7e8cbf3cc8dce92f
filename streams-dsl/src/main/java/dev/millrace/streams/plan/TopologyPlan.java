package dev.millrace.streams.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A whole topology as data. Topics of the application's own are named here without its id in front; {@link InternalTopics}
 * puts it there.
 */
public record TopologyPlan(List<SubTopology> subTopologies, Map<String, RepartitionTopic> repartitionTopics) {

    static TopologyPlan of(List<PlanNode> nodes, Map<String, RepartitionTopic> repartitionTopics) {
        int[] group = new int[nodes.size()];
        for (PlanNode node : nodes) {
            group[node.index()] = node.index();
            for (PlanNode parent : node.parents()) {
                unite(group, node.index(), parent.index());
            }
        }
        var grouped = new LinkedHashMap<Integer, List<PlanNode>>();
        for (PlanNode node : nodes) {
            grouped.computeIfAbsent(rootOf(group, node.index()), root -> new ArrayList<>())
                    .add(node);
        }
        var subTopologies = new ArrayList<SubTopology>();
        for (List<PlanNode> members : grouped.values()) {
            subTopologies.add(new SubTopology(subTopologies.size(), List.copyOf(members)));
        }
        return new TopologyPlan(List.copyOf(subTopologies), Map.copyOf(repartitionTopics));
    }

    /** Topics that have to exist before the application starts. */
    public Set<String> externalSourceTopics() {
        var topics = new LinkedHashSet<String>();
        subTopologies.forEach(sub -> topics.addAll(sub.sourceTopics()));
        topics.removeAll(repartitionTopics.keySet());
        return topics;
    }

    /** Topics outside of the application that it writes to. */
    public Set<String> externalSinkTopics() {
        var topics = new LinkedHashSet<String>();
        subTopologies.forEach(sub -> topics.addAll(sub.sinkTopics()));
        topics.removeAll(repartitionTopics.keySet());
        return topics;
    }

    /** The topology as text, in the format of Kafka Streams' {@code Topology#describe}. */
    public String describe() {
        return PlanDescription.of(this);
    }

    private static int rootOf(int[] group, int index) {
        int root = index;
        while (group[root] != root) {
            root = group[root];
        }
        return root;
    }

    private static void unite(int[] group, int one, int other) {
        int first = rootOf(group, one);
        int second = rootOf(group, other);
        group[Math.max(first, second)] = Math.min(first, second);
    }
}
