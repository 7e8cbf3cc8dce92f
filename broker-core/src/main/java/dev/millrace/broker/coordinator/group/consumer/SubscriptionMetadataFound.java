package dev.millrace.broker.coordinator.group.consumer;

/** What the group knew of its topics, in a release before Kafka 4.1. Durable: the {@code ConsumerGroupPartitionMetadata} record, or its tombstone, which is all that is written. */
record SubscriptionMetadataFound(String groupId, boolean present) implements ConsumerGroupEvent {
    @Override
    public boolean createsGroup() {
        return present;
    }

    @Override
    public void applyTo(ConsumerGroup group) {
        group.on(this);
    }
}
