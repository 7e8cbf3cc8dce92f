package dev.millrace.server.run;

import dev.millrace.server.UserError;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer group has not yet read. Known over the wire alone, so that it is as true for a group in another process,
 * and on any cluster. Not thread-safe.
 */
final class Backlog {

    private final Admin admin;
    /** Reads what is committed, belongs to no group. Tells records from the transaction markers at the end of a log. */
    private final Consumer<byte[], byte[]> probe;

    Backlog(Admin admin, Consumer<byte[], byte[]> probe) {
        this.admin = admin;
        this.probe = probe;
    }

    /**
     * Where a group stood at one moment.
     *
     * @param assigned whether the group has members with partitions
     * @param committed by partition, for every one that the group has or had; 0 where nothing is committed
     * @param ends of the same partitions, open transactions included
     */
    record Snapshot(boolean assigned, Map<TopicPartition, Long> committed, Map<TopicPartition, Long> ends) {

        /** How many offsets lie between. Markers count, so that zero is certain and a little above it may be. */
        long lag() {
            long lag = 0;
            for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
                lag += Math.max(0, end.getValue() - committed.getOrDefault(end.getKey(), 0L));
            }
            return lag;
        }
    }

    Snapshot of(String group) throws InterruptedException {
        ConsumerGroupDescription description = describe(group);
        if (description == null) {
            return new Snapshot(false, Map.of(), Map.of());
        }
        Set<TopicPartition> partitions = new HashSet<>();
        description
                .members()
                .forEach(member -> partitions.addAll(member.assignment().topicPartitions()));
        boolean assigned = !partitions.isEmpty();
        Map<TopicPartition, OffsetAndMetadata> offsets = Waiting.on(
                "read the offsets of group " + group,
                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        partitions.addAll(offsets.keySet());
        Map<TopicPartition, Long> committed = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = offsets.get(partition);
            committed.put(partition, offset == null ? 0 : offset.offset());
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> latest = Waiting.on(
                "read the ends of " + partitions.size() + " partitions",
                admin.listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())))
                        .all());
        latest.forEach((partition, end) -> ends.put(partition, end.offset()));
        return new Snapshot(assigned, committed, ends);
    }

    /** Null when nobody has joined the group yet. */
    private @Nullable ConsumerGroupDescription describe(String group) throws InterruptedException {
        try {
            return Objects.requireNonNull(admin.describeConsumerGroups(Set.of(group))
                            .describedGroups()
                            .get(group))
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException || e.getCause() instanceof GroupIdNotFoundException) {
                return null;
            }
            throw new UserError("could not describe group " + group + ": " + e.getCause(), e);
        }
    }

    /** Whether no record, only markers at most, lies between what is committed and the end. */
    boolean isEmpty(Snapshot snapshot) {
        Map<TopicPartition, Long> behind = new HashMap<>();
        snapshot.ends().forEach((partition, end) -> {
            if (Objects.requireNonNull(snapshot.committed().get(partition)) < end) {
                behind.put(partition, end);
            }
        });
        if (behind.isEmpty()) {
            return true;
        }
        probe.assign(behind.keySet());
        behind.keySet()
                .forEach(p -> probe.seek(
                        p, Objects.requireNonNull(snapshot.committed().get(p))));
        // A fetch that finds nothing but markers moves the position over them and returns no record. An open
        // transaction
        // holds the position back: then something is still to come.
        if (!probe.poll(Duration.ofMillis(250)).isEmpty()) {
            return false;
        }
        return behind.entrySet().stream().allMatch(e -> probe.position(e.getKey()) >= e.getValue());
    }
}
