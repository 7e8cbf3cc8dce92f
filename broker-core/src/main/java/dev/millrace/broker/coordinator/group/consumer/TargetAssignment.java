package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.ConsumerGroupConfig;
import dev.millrace.broker.coordinator.group.assignor.Assignor;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.assignor.Subscriber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** Computes what every member of a group should have. */
record TargetAssignment(ConsumerGroup group, ClusterTopics topics, ConsumerGroupConfig config) {

    /** By member id. */
    SortedMap<String, SortedSet<PartitionId>> compute() {
        Map<Uuid, Integer> partitionCounts = new HashMap<>();
        List<Subscriber> subscribers = new ArrayList<>();
        for (ConsumerMember member : group.members()) {
            Set<Uuid> topicIds = new HashSet<>();
            for (String name : group.subscribedTopics(member)) {
                ClusterTopics.Topic topic = topics.named(name);
                if (topic != null) {
                    topicIds.add(topic.id());
                    partitionCounts.put(topic.id(), topic.partitions());
                }
            }
            SortedSet<PartitionId> current = group.target(member.id());
            subscribers.add(
                    new Subscriber(member.id(), member.instanceId(), topicIds, current == null ? Set.of() : current));
        }
        return new TreeMap<>(assignor(group, config).assign(subscribers, partitionCounts));
    }

    /** The one that most members would like; of several, the one that the operator puts first. */
    static Assignor assignor(ConsumerGroup group, ConsumerGroupConfig config) {
        Assignor chosen = config.assignors().get(0);
        long mostVotes = 0;
        for (Assignor assignor : config.assignors()) {
            long votes = group.members().stream()
                    .filter(member -> assignor.name().equals(member.assignor()))
                    .count();
            if (votes > mostVotes) {
                mostVotes = votes;
                chosen = assignor;
            }
        }
        return chosen;
    }
}
