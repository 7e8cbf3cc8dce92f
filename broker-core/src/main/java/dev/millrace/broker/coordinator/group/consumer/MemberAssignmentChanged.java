package dev.millrace.broker.coordinator.group.consumer;

import org.jspecify.annotations.Nullable;

/** A member has come closer to its target, or is gone: null. Durable: the {@code ConsumerGroupCurrentMemberAssignment} record. */
record MemberAssignmentChanged(
        String groupId, String memberId, @Nullable CurrentAssignment current) implements ConsumerGroupEvent {
    @Override
    public boolean createsGroup() {
        return current != null;
    }

    @Override
    public void applyTo(ConsumerGroup group) {
        group.on(this);
    }
}
