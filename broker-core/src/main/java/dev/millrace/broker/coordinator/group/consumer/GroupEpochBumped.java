package dev.millrace.broker.coordinator.group.consumer;

/** Subscriptions, members or topics have changed. Durable: the {@code ConsumerGroupMetadata} record. */
record GroupEpochBumped(String groupId, int epoch, long metadataHash) implements ConsumerGroupEvent {
    @Override
    public void applyTo(ConsumerGroup group) {
        group.on(this);
    }
}
