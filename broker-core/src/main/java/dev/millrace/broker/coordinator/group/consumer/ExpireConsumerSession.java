package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import java.util.List;

/** Timer: nothing was heard of a member of a consumer group for its session timeout. */
record ExpireConsumerSession(String groupId, String memberId) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        ConsumerGroup group = groups.get(groupId, ConsumerGroup.class);
        ConsumerMember member = group == null ? null : group.member(memberId);
        if (group == null || member == null) {
            return Decision.none();
        }
        ConsumerGroupDraft draft = new ConsumerGroupDraft(group, groups.topics(), config, nowMs);
        draft.remove(List.of(member), "the session expired");
        return draft.decision();
    }
}
