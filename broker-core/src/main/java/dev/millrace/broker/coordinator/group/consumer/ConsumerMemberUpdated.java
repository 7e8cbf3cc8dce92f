package dev.millrace.broker.coordinator.group.consumer;

/** A member has come, or told something else of itself. Durable: the {@code ConsumerGroupMemberMetadata} record. */
record ConsumerMemberUpdated(String groupId, ConsumerMember member) implements ConsumerGroupEvent {
    @Override
    public void applyTo(ConsumerGroup group) {
        group.on(this);
    }
}
