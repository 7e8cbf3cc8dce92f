package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.subscription.ConsumerSubscription;
import dev.millrace.broker.machine.Decision;
import java.util.List;

/**
 * A classic group takes over from a group of another kind, whose members all speak the classic protocol already. They
 * learn of it by a rebalance.
 *
 * @param generation that they believe to be in
 * @param protocol that all of them speak
 * @param members in the order in which they joined; at least one
 */
public record Takeover(String groupId, int generation, String protocol, List<Member> members) {

    /** @param decision that has made an end of the other group */
    public void decide(GroupConfig config, long nowMs, Decision.Builder<GroupEvent> decision) {
        ClassicGroupDraft draft = new ClassicGroupDraft(new ClassicGroup(groupId), config, nowMs, decision);
        draft.record(new GroupStored(
                groupId,
                ConsumerSubscription.PROTOCOL_TYPE,
                generation,
                protocol,
                members.get(0).id(),
                nowMs,
                members.stream().map(this::stored).toList()));
        draft.group().members().forEach(draft::extendSession);
        draft.startRebalance("nobody speaks another protocol any more");
    }

    private GroupStored.StoredMember stored(Member member) {
        return new GroupStored.StoredMember(
                member.identity(), member.timeouts(), member.metadata(protocol), member.assignment());
    }
}
