package dev.millrace.broker.coordinator.group;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of all groups: those that count, and those that wait for their transaction to be committed (KIP-98).
 *
 * <p>When a transaction is committed after a plain commit of the same partition that came later, the later one stays. The
 * log alone decides: compaction keeps the last record of a partition, whichever it was.
 */
public final class CommittedOffsets {

    private final OffsetTable committed = new OffsetTable();
    private final Map<Long, OffsetTable> pendingByProducer = new TreeMap<>();
    private final Map<String, Set<Long>> producersByGroup = new HashMap<>();
    private long sequence;

    public @Nullable CommittedOffset get(String groupId, TopicPartition partition) {
        OffsetTable.Entry entry = committed.get(groupId, partition);
        return entry == null ? null : entry.offset();
    }

    /** Committed ones, by topic and partition. */
    public void forEach(String groupId, BiConsumer<TopicPartition, CommittedOffset> consumer) {
        committed
                .of(groupId)
                .forEach((topic, partitions) -> partitions.forEach(
                        (partition, entry) -> consumer.accept(new TopicPartition(topic, partition), entry.offset())));
    }

    /** Whether something is committed of the partition, or may be once a transaction ends. */
    public boolean has(String groupId, TopicPartition partition) {
        return committed.get(groupId, partition) != null || isPending(groupId, partition);
    }

    /** Whether a transaction is open that the group takes part in. */
    public boolean hasOpenTransaction(String groupId) {
        return producersByGroup.containsKey(groupId);
    }

    /** Whether a transaction that is still open has an offset of the partition. */
    public boolean isPending(String groupId, TopicPartition partition) {
        for (long producerId : producersByGroup.getOrDefault(groupId, Set.of())) {
            OffsetTable pending = pendingByProducer.get(producerId);
            if (pending != null && pending.get(groupId, partition) != null) {
                return true;
            }
        }
        return false;
    }

    /** Everything that a group has, committed or pending. */
    public Set<TopicPartition> partitions(String groupId) {
        Set<TopicPartition> partitions = new LinkedHashSet<>();
        forEach(groupId, (partition, offset) -> partitions.add(partition));
        for (long producerId : producersByGroup.getOrDefault(groupId, Set.of())) {
            OffsetTable pending = pendingByProducer.get(producerId);
            if (pending != null) {
                pending.of(groupId).forEach((topic, entries) -> entries.keySet()
                        .forEach(partition -> partitions.add(new TopicPartition(topic, partition))));
            }
        }
        return partitions;
    }

    /** What any group has of a topic, committed or pending; the consumer may see a partition twice. */
    public void forEachOfTopic(String topic, OffsetConsumer consumer) {
        forEachOfTopic(committed, topic, consumer);
        for (OffsetTable pending : pendingByProducer.values()) {
            forEachOfTopic(pending, topic, consumer);
        }
    }

    private static void forEachOfTopic(OffsetTable table, String topic, OffsetConsumer consumer) {
        for (String groupId : table.groupIds()) {
            table.of(groupId)
                    .getOrDefault(topic, Map.of())
                    .forEach((partition, entry) ->
                            consumer.accept(groupId, new TopicPartition(topic, partition), entry.offset()));
        }
    }

    @FunctionalInterface
    public interface OffsetConsumer {
        void accept(String groupId, TopicPartition partition, CommittedOffset offset);
    }

    public void commit(String groupId, TopicPartition partition, CommittedOffset offset) {
        committed.put(groupId, partition, new OffsetTable.Entry(offset, ++sequence));
    }

    public void commitInTransaction(long producerId, String groupId, TopicPartition partition, CommittedOffset offset) {
        pendingByProducer
                .computeIfAbsent(producerId, id -> new OffsetTable())
                .put(groupId, partition, new OffsetTable.Entry(offset, ++sequence));
        producersByGroup.computeIfAbsent(groupId, id -> new TreeSet<>()).add(producerId);
    }

    /** Pending offsets go too: the deletion came after them. */
    public void forget(String groupId, TopicPartition partition) {
        committed.remove(groupId, partition);
        for (long producerId : producersByGroup.getOrDefault(groupId, Set.of())) {
            OffsetTable pending = pendingByProducer.get(producerId);
            if (pending != null) {
                pending.remove(groupId, partition);
            }
        }
    }

    public void endTransaction(long producerId, boolean commit) {
        OffsetTable pending = pendingByProducer.remove(producerId);
        if (pending == null) {
            return;
        }
        producersByGroup.values().removeIf(producers -> producers.remove(producerId) && producers.isEmpty());
        if (commit) {
            for (String groupId : pending.groupIds()) {
                pending.of(groupId)
                        .forEach((topic, partitions) -> partitions.forEach(
                                (partition, entry) -> settle(groupId, new TopicPartition(topic, partition), entry)));
            }
        }
    }

    private void settle(String groupId, TopicPartition partition, OffsetTable.Entry entry) {
        OffsetTable.Entry current = committed.get(groupId, partition);
        if (current == null || current.sequence() < entry.sequence()) {
            committed.put(groupId, partition, entry);
        }
    }
}
