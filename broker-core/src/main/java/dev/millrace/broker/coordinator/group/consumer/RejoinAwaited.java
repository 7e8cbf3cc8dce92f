package dev.millrace.broker.coordinator.group.consumer;

/** A member that speaks the classic protocol was told to join again, or has. In memory only. */
record RejoinAwaited(String groupId, String memberId, boolean awaited) implements ConsumerGroupEvent {
    @Override
    public boolean createsGroup() {
        return false;
    }

    @Override
    public void applyTo(ConsumerGroup group) {
        group.on(this);
    }
}
