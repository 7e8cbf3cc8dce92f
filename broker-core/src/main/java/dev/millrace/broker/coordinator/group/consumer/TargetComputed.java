package dev.millrace.broker.coordinator.group.consumer;

/** The target is that of this group epoch now. Durable: the {@code ConsumerGroupTargetAssignmentMetadata} record. */
record TargetComputed(String groupId, int epoch, long computedAtMs) implements ConsumerGroupEvent {
    @Override
    public void applyTo(ConsumerGroup group) {
        group.on(this);
    }
}
