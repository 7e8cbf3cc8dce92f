package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;

/** What has happened to one group of the consumer protocol. */
sealed interface ConsumerGroupEvent extends GroupEvent
        permits GroupEpochBumped,
                ConsumerGroupDeleted,
                SubscriptionMetadataFound,
                ConsumerMemberUpdated,
                ConsumerMemberRemoved,
                TargetComputed,
                TargetForgotten,
                MemberTargetChanged,
                MemberAssignmentChanged,
                RegexResolved,
                RefreshAwaited,
                RejoinAwaited {

    String groupId();

    void applyTo(ConsumerGroup group);

    /** Whether there must be such a group, now that this has happened: not when something has come to an end. */
    default boolean createsGroup() {
        return true;
    }

    @Override
    default void applyTo(Groups groups) {
        ConsumerGroup group = createsGroup()
                ? groups.getOrCreate(groupId(), ConsumerGroup.class, ConsumerGroup::new)
                : groups.get(groupId(), ConsumerGroup.class);
        if (group != null) {
            applyTo(group);
        }
    }
}
