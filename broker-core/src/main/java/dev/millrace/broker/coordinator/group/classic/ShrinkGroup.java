package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;

/** A group was read from the log that is larger than groups may be by now: the last to join again find no room. */
record ShrinkGroup(String groupId) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        ClassicGroupDraft draft = new ClassicGroupDraft(ClassicGroup.orNew(groups, groupId), config, nowMs);
        if (draft.group().isStable() && draft.group().size() > config.maxSize()) {
            draft.startRebalance("the group is larger than " + config.maxSize());
        }
        return draft.decision();
    }
}
