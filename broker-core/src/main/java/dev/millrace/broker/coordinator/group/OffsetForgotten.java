package dev.millrace.broker.coordinator.group;

import org.apache.kafka.common.TopicPartition;

/** An offset expired or was deleted. Durable: a tombstone of the {@code OffsetCommit} record. */
record OffsetForgotten(String groupId, TopicPartition partition) implements GroupEvent {
    @Override
    public void applyTo(Groups groups) {
        groups.offsets().forget(groupId, partition);
    }
}
