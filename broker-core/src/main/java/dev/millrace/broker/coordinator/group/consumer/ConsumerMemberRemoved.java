package dev.millrace.broker.coordinator.group.consumer;

/** A member is gone. Durable: a tombstone of the {@code ConsumerGroupMemberMetadata} record. */
record ConsumerMemberRemoved(String groupId, String memberId) implements ConsumerGroupEvent {
    @Override
    public boolean createsGroup() {
        return false;
    }

    @Override
    public void applyTo(ConsumerGroup group) {
        group.on(this);
    }
}
