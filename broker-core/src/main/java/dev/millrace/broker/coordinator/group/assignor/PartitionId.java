package dev.millrace.broker.coordinator.group.assignor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** A partition of a topic, told by the topic's id: a topic that is created again under its name is another one. */
public record PartitionId(Uuid topicId, int partition) implements Comparable<PartitionId> {

    private static final Comparator<PartitionId> ORDER =
            Comparator.comparing(PartitionId::topicId).thenComparingInt(PartitionId::partition);

    @Override
    public int compareTo(PartitionId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return topicId + "-" + partition;
    }

    /** Both topics and partitions in their order if the partitions come in theirs. */
    public static SortedMap<Uuid, List<PartitionId>> byTopic(Collection<PartitionId> partitions) {
        SortedMap<Uuid, List<PartitionId>> byTopic = new TreeMap<>();
        for (PartitionId partition : partitions) {
            byTopic.computeIfAbsent(partition.topicId(), id -> new ArrayList<>())
                    .add(partition);
        }
        return byTopic;
    }
}
