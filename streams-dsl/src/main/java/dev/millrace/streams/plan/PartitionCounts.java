package dev.millrace.streams.plan;

import dev.millrace.streams.errors.TopologyException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How many partitions every topic has, the application's own included, and the tasks that follow. Topics whose records meet
 * in one aggregate must have equally many: else equal keys would be counted apart.
 */
public final class PartitionCounts {

    private final TopologyPlan plan;
    private final Map<String, Integer> counts;

    private PartitionCounts(TopologyPlan plan, Map<String, Integer> counts) {
        this.plan = plan;
        this.counts = counts;
    }

    /**
     * @param external partitions of every topic in {@link TopologyPlan#externalSourceTopics}
     * @throws TopologyException if topics that must be co-partitioned are not
     */
    public static PartitionCounts resolve(TopologyPlan plan, Map<String, Integer> external) {
        var resolved = new PartitionCounts(plan, new HashMap<>(external));
        List<Set<String>> meetings = resolved.meetings();
        plan.repartitionTopics().values().forEach(topic -> {
            if (topic.partitions() != null) {
                resolved.counts.put(topic.name(), topic.partitions());
            }
        });
        while (resolved.fillIn(meetings)) {
            // Each round settles the repartition topics whose upstream was settled by the one before.
        }
        meetings.forEach(resolved::requireEqual);
        return resolved;
    }

    public int of(String topic) {
        @Nullable Integer count = counts.get(topic);
        if (count == null) {
            throw new IllegalStateException("No partition count for " + topic);
        }
        return count;
    }

    public int tasksOf(SubTopology sub) {
        return sub.sourceTopics().stream().mapToInt(this::of).max().orElse(0);
    }

    public Set<TaskId> tasks() {
        var tasks = new TreeSet<TaskId>();
        for (SubTopology sub : plan.subTopologies()) {
            for (int partition = 0; partition < tasksOf(sub); partition++) {
                tasks.add(new TaskId(sub.id(), partition));
            }
        }
        return tasks;
    }

    /** Repartition topics with their partition counts. */
    public Map<String, Integer> repartitionTopics() {
        var result = new LinkedHashMap<String, Integer>();
        plan.repartitionTopics().keySet().forEach(topic -> result.put(topic, of(topic)));
        return result;
    }

    private boolean fillIn(List<Set<String>> meetings) {
        boolean changed = false;
        for (String topic : new TreeSet<>(plan.repartitionTopics().keySet())) {
            if (!counts.containsKey(topic)) {
                @Nullable Integer count = countOf(topic, meetings);
                if (count != null) {
                    counts.put(topic, count);
                    changed = true;
                }
            }
        }
        return changed;
    }

    /** As a topic that it meets in an aggregate; else as the widest topic of the sub-topologies that write to it. */
    private @Nullable Integer countOf(String topic, List<Set<String>> meetings) {
        for (Set<String> meeting : meetings) {
            if (meeting.contains(topic)) {
                for (String other : meeting) {
                    if (counts.containsKey(other)) {
                        return of(other);
                    }
                }
            }
        }
        int widest = 0;
        for (SubTopology sub : plan.subTopologies()) {
            if (sub.sinkTopics().contains(topic)) {
                for (String source : sub.sourceTopics()) {
                    if (!counts.containsKey(source)) {
                        return null;
                    }
                    widest = Math.max(widest, of(source));
                }
            }
        }
        return widest;
    }

    /** For each aggregate, the topics that feed it without a repartition between. */
    private List<Set<String>> meetings() {
        return plan.subTopologies().stream()
                .flatMap(sub -> sub.nodes().stream())
                .filter(node -> node.step().storeOrNull() != null)
                .map(PartitionCounts::topicsAbove)
                .toList();
    }

    private static Set<String> topicsAbove(PlanNode node) {
        var topics = new LinkedHashSet<String>();
        var open = new ArrayDeque<>(node.parents());
        while (!open.isEmpty()) {
            PlanNode parent = open.pop();
            if (parent.step() instanceof Step.Source source) {
                topics.addAll(source.topics());
            }
            open.addAll(parent.parents());
        }
        return topics;
    }

    private void requireEqual(Set<String> meeting) {
        var found = new TreeSet<String>();
        meeting.forEach(topic -> found.add(topic + " has " + of(topic)));
        long distinct = meeting.stream().mapToInt(this::of).distinct().count();
        if (distinct > 1) {
            throw new TopologyException(
                    "Topics that are aggregated together must have equally many partitions (" + String.join(", ", found)
                            + "): give them the same number, or call repartition() on one of the streams.");
        }
    }
}
