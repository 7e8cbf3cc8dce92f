package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import java.util.List;

/** Timer: a member has had its time to give up the partitions that it was told to. */
record ExpireRevocation(String groupId, String memberId) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        ConsumerGroup group = groups.get(groupId, ConsumerGroup.class);
        ConsumerMember member = group == null ? null : group.member(memberId);
        if (group == null
                || member == null
                || group.current(memberId).state() != CurrentAssignment.State.UNREVOKED_PARTITIONS) {
            return Decision.none();
        }
        ConsumerGroupDraft draft = new ConsumerGroupDraft(group, groups.topics(), config, nowMs);
        draft.remove(List.of(member), "partitions were not given up in time");
        return draft.decision();
    }
}
