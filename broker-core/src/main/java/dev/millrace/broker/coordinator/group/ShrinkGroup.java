package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Decision;

/** A group was read from the log that is larger than groups may be by now: the last to join again find no room. */
record ShrinkGroup(String groupId) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        GroupDraft draft = new GroupDraft(groups.getOrNew(groupId), config, nowMs);
        if (draft.group().isStable() && draft.group().size() > config.maxSize()) {
            draft.startRebalance("the group is larger than " + config.maxSize());
        }
        return draft.decision();
    }
}
