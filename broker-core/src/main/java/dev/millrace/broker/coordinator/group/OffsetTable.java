package dev.millrace.broker.coordinator.group;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Offsets by group, topic and partition. */
final class OffsetTable {

    /**
     * An offset and its place in the log.
     *
     * @param sequence grows from commit to commit, also over a log that was compacted
     */
    record Entry(CommittedOffset offset, long sequence) {}

    private final Map<String, Map<String, Map<Integer, Entry>>> byGroup = new HashMap<>();

    @Nullable
    Entry get(String groupId, TopicPartition partition) {
        Map<Integer, Entry> partitions = of(groupId).get(partition.topic());
        return partitions == null ? null : partitions.get(partition.partition());
    }

    /** By topic and partition, both in their order. */
    Map<String, Map<Integer, Entry>> of(String groupId) {
        return byGroup.getOrDefault(groupId, Map.of());
    }

    Iterable<String> groupIds() {
        return byGroup.keySet();
    }

    void put(String groupId, TopicPartition partition, Entry entry) {
        byGroup.computeIfAbsent(groupId, id -> new TreeMap<>())
                .computeIfAbsent(partition.topic(), topic -> new TreeMap<>())
                .put(partition.partition(), entry);
    }

    void remove(String groupId, TopicPartition partition) {
        Map<String, Map<Integer, Entry>> topics = byGroup.get(groupId);
        Map<Integer, Entry> partitions = topics == null ? null : topics.get(partition.topic());
        if (topics == null || partitions == null) {
            return;
        }
        partitions.remove(partition.partition());
        if (partitions.isEmpty()) {
            topics.remove(partition.topic());
        }
        if (topics.isEmpty()) {
            byGroup.remove(groupId);
        }
    }
}
