package dev.millrace.broker.coordinator.group.offset;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import org.apache.kafka.common.TopicPartition;

/** An offset expired or was deleted. Durable: a tombstone of the {@code OffsetCommit} record. */
public record OffsetForgotten(String groupId, TopicPartition partition) implements GroupEvent {
    @Override
    public void applyTo(Groups groups) {
        groups.offsets().forget(groupId, partition);
    }
}
