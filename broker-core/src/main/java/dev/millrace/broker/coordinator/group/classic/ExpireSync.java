package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;

/** Timer: members have had their time to ask for their assignment, and the leader to bring it (KIP-345). */
record ExpireSync(String groupId, int generation) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        ClassicGroupDraft draft = new ClassicGroupDraft(ClassicGroup.orNew(groups, groupId), config, nowMs);
        ClassicGroup group = draft.group();
        if (group.generation() == generation && !group.unsynced().isEmpty()) {
            draft.expireSync();
        }
        return draft.decision();
    }
}
