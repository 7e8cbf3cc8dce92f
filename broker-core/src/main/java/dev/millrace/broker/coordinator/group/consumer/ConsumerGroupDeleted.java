package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.Groups;

/** The group is gone. Durable: a tombstone of the {@code ConsumerGroupMetadata} record. */
record ConsumerGroupDeleted(String groupId) implements ConsumerGroupEvent {
    @Override
    public boolean createsGroup() {
        return false;
    }

    /** What is left are offsets, if anything: whoever has them is a group that only commits. */
    @Override
    public void applyTo(Groups groups) {
        groups.remove(groupId, ConsumerGroup.class);
        if (!groups.offsets().partitions(groupId).isEmpty()) {
            groups.ensure(groupId);
        }
    }

    @Override
    public void applyTo(ConsumerGroup group) {
        // Nothing of the group is left to be changed.
    }
}
