package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Decision;

/** Timer: members have had their time to join. */
record ExpireJoin(String groupId) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        GroupDraft draft = new GroupDraft(groups.getOrNew(groupId), config, nowMs);
        draft.expireJoin();
        return draft.decision();
    }
}
