package dev.millrace.streams.runtime;

import dev.millrace.streams.plan.InternalTopics;
import dev.millrace.streams.plan.SubTopology;
import dev.millrace.streams.plan.TaskId;
import dev.millrace.streams.plan.TaskPlacement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Places tasks through the consumer group: all input partitions of a task go to one member. Cooperative (KIP-429): a task
 * that changes hands is first taken from its owner, who commits it and joins again, and given to the new one in the round
 * after; all other tasks go on meanwhile.
 */
public final class TaskAssignor implements ConsumerPartitionAssignor, Configurable {

    static final String TOPICS_CONFIG = "millrace.streams.topics";

    private @Nullable InternalTopics topics;

    @Override
    public void configure(Map<String, ?> configs) {
        topics = (InternalTopics) configs.get(TOPICS_CONFIG);
    }

    @Override
    public String name() {
        return "millrace-streams";
    }

    @Override
    public List<RebalanceProtocol> supportedProtocols() {
        return List.of(RebalanceProtocol.COOPERATIVE, RebalanceProtocol.EAGER);
    }

    @Override
    public GroupAssignment assign(Cluster cluster, GroupSubscription groupSubscription) {
        Map<TaskId, List<TopicPartition>> inputs = inputs(cluster);
        var taskOf = new HashMap<TopicPartition, TaskId>();
        inputs.forEach((task, partitions) -> partitions.forEach(partition -> taskOf.put(partition, task)));

        Map<String, Subscription> members = groupSubscription.groupSubscription();
        Map<TaskId, String> owners = owners(members, taskOf);
        var owned = new HashMap<String, Set<TaskId>>();
        members.keySet().forEach(member -> owned.put(member, new HashSet<>()));
        owners.forEach((task, member) ->
                owned.computeIfAbsent(member, none -> new HashSet<>()).add(task));

        var assignment = new HashMap<String, Assignment>();
        TaskPlacement.of(inputs.keySet(), owned).forEach((member, tasks) -> {
            var partitions = new ArrayList<TopicPartition>();
            for (TaskId task : tasks) {
                String owner = owners.get(task);
                if (owner == null || owner.equals(member)) {
                    partitions.addAll(inputs.getOrDefault(task, List.of()));
                }
            }
            assignment.put(member, new Assignment(partitions));
        });
        return new GroupAssignment(assignment);
    }

    /** Who runs which task. After a member missed a rebalance its claim is stale: the younger generation is right. */
    private static Map<TaskId, String> owners(Map<String, Subscription> members, Map<TopicPartition, TaskId> taskOf) {
        var owners = new HashMap<TaskId, String>();
        var generations = new HashMap<TaskId, Integer>();
        new TreeMap<>(members).forEach((member, subscription) -> {
            int generation = subscription.generationId().orElse(-1);
            for (TopicPartition partition : subscription.ownedPartitions()) {
                TaskId task = taskOf.get(partition);
                if (task != null && generation > generations.getOrDefault(task, -2)) {
                    owners.put(task, member);
                    generations.put(task, generation);
                }
            }
        });
        return owners;
    }

    private Map<TaskId, List<TopicPartition>> inputs(Cluster cluster) {
        InternalTopics known = topics;
        if (known == null) {
            throw new IllegalStateException("The assignor was not configured with " + TOPICS_CONFIG);
        }
        var inputs = new TreeMap<TaskId, List<TopicPartition>>();
        for (SubTopology sub : known.plan().subTopologies()) {
            for (String topic : sub.sourceTopics()) {
                String physical = known.physical(topic);
                Integer count = cluster.partitionCountForTopic(physical);
                for (int partition = 0; count != null && partition < count; partition++) {
                    inputs.computeIfAbsent(new TaskId(sub.id(), partition), none -> new ArrayList<>())
                            .add(new TopicPartition(physical, partition));
                }
            }
        }
        return inputs;
    }
}
