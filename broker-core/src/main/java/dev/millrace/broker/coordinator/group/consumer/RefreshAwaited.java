package dev.millrace.broker.coordinator.group.consumer;

/** Topics have changed that the group may read; or were looked at since. In memory only. */
record RefreshAwaited(String groupId, boolean awaited) implements ConsumerGroupEvent {
    @Override
    public boolean createsGroup() {
        return false;
    }

    @Override
    public void applyTo(ConsumerGroup group) {
        group.on(this);
    }
}
