package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;

/** What has happened to one group of the classic protocol. */
sealed interface ClassicGroupEvent extends GroupEvent
        permits MemberIdReserved,
                MemberJoined,
                MemberReplaced,
                MemberSynced,
                MemberRemoved,
                RebalanceStarted,
                GenerationStarted,
                GroupStored {

    String groupId();

    void applyTo(ClassicGroup group);

    @Override
    default void applyTo(Groups groups) {
        applyTo(groups.getOrCreate(groupId(), ClassicGroup.class, ClassicGroup::new));
    }
}
