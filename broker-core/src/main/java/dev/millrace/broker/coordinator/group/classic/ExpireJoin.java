package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;

/** Timer: members have had their time to join. */
record ExpireJoin(String groupId) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        ClassicGroupDraft draft = new ClassicGroupDraft(ClassicGroup.orNew(groups, groupId), config, nowMs);
        draft.expireJoin();
        return draft.decision();
    }
}
