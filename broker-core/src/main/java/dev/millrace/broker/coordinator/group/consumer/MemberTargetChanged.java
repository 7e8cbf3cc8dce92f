package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** What a member is to have, or null for one that is gone. Durable: the {@code ConsumerGroupTargetAssignmentMember} record. */
record MemberTargetChanged(
        String groupId, String memberId, @Nullable SortedSet<PartitionId> target) implements ConsumerGroupEvent {
    @Override
    public boolean createsGroup() {
        return target != null;
    }

    @Override
    public void applyTo(ConsumerGroup group) {
        group.on(this);
    }
}
