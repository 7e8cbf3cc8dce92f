package dev.millrace.broker.metadata;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;

/**
 * A topic.
 *
 * @param partitions the partition with number n stands at index n
 * @param configs what was set on the topic; everything else follows the brokers' settings
 */
public record TopicImage(String name, Uuid id, List<PartitionImage> partitions, Map<String, String> configs) {

    /** Null when the topic has no such partition. */
    public @Nullable PartitionImage partition(int partition) {
        return partition >= 0 && partition < partitions.size() ? partitions.get(partition) : null;
    }

    /** Whether it is one of the coordinators' own topics. */
    public boolean isInternal() {
        return Topic.isInternal(name);
    }
}
