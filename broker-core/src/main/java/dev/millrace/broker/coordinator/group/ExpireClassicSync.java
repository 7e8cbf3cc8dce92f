package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Decision;
import java.util.List;

/** Timer: a member of a consumer group that speaks the classic protocol has had its time to ask for its assignment. */
record ExpireClassicSync(String groupId, String memberId) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        ConsumerGroup group = groups.consumerGroup(groupId);
        ConsumerMember member = group == null ? null : group.member(memberId);
        if (group == null || member == null || !member.isClassic()) {
            return Decision.none();
        }
        ConsumerGroupDraft draft = new ConsumerGroupDraft(group, groups.topics(), config, nowMs);
        draft.remove(List.of(member), "the member did not sync in time");
        return draft.decision();
    }
}
