package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Decision;
import java.util.List;

/** Timer: nothing was heard of a member of a consumer group for its session timeout. */
record ExpireConsumerSession(String groupId, String memberId) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        ConsumerGroup group = groups.consumerGroup(groupId);
        ConsumerMember member = group == null ? null : group.member(memberId);
        if (group == null || member == null) {
            return Decision.none();
        }
        ConsumerGroupDraft draft = new ConsumerGroupDraft(group, groups.topics(), config, nowMs);
        draft.remove(List.of(member), "the session expired");
        return draft.decision();
    }
}
