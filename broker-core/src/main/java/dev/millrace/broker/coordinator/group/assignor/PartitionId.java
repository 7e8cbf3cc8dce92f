package dev.millrace.broker.coordinator.group.assignor;

import java.util.Comparator;
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
}
