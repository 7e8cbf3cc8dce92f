package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import java.util.List;

/** Timer: a member of a consumer group that speaks the classic protocol has had its time to join again. */
record ExpireRejoin(String groupId, String memberId) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        ConsumerGroup group = groups.get(groupId, ConsumerGroup.class);
        ConsumerMember member = group == null ? null : group.member(memberId);
        if (group == null || member == null || !group.isAwaited(memberId)) {
            return Decision.none();
        }
        ConsumerGroupDraft draft = new ConsumerGroupDraft(group, groups.topics(), config, nowMs);
        draft.remove(List.of(member), "the member did not join again in time");
        return draft.decision();
    }
}
