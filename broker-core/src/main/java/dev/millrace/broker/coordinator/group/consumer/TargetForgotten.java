package dev.millrace.broker.coordinator.group.consumer;

/** There is no target any more. Durable: a tombstone of the {@code ConsumerGroupTargetAssignmentMetadata} record. */
record TargetForgotten(String groupId) implements ConsumerGroupEvent {
    @Override
    public boolean createsGroup() {
        return false;
    }

    @Override
    public void applyTo(ConsumerGroup group) {
        group.onTargetForgotten();
    }
}
