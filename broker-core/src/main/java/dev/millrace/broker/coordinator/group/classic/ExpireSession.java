package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;

/** Timer: nothing was heard of a member, or of the client that an id was given out to, for its session timeout. */
record ExpireSession(String groupId, String memberId) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        ClassicGroupDraft draft = new ClassicGroupDraft(ClassicGroup.orNew(groups, groupId), config, nowMs);
        Member member = draft.group().member(memberId);
        if (draft.group().isReserved(memberId)) {
            draft.remove(memberId);
            draft.maybeCompleteJoin();
        } else if (member != null && !member.isExcusedFromHeartbeat()) {
            draft.remove(memberId);
            draft.rebalance("session of member " + memberId + " expired");
        }
        return draft.decision();
    }
}
