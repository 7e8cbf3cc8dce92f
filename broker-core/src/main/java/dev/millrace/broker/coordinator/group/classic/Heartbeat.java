package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** A member is alive; in return it learns whether it has to join again. */
public record Heartbeat(HeartbeatRequestData request, Ticket<HeartbeatResponseData> ticket) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        HostsClassicMembers host = groups.get(request.groupId(), HostsClassicMembers.class);
        if (host != null) {
            return host.classicRequests(groups.topics(), config, nowMs).heartbeat(this);
        }
        ClassicGroup group = ClassicGroup.orNew(groups, request.groupId());
        Errors error = request.groupId().isEmpty()
                ? Errors.INVALID_GROUP_ID
                : Membership.check(group, request.memberId(), request.groupInstanceId(), request.generationId());
        ClassicGroupDraft draft = new ClassicGroupDraft(group, config, nowMs);
        Member member = group.member(request.memberId());
        if (error == Errors.NONE && member != null) {
            draft.extendSession(member);
            error = group.isPreparing() ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
        }
        draft.answer(ticket, new HeartbeatResponseData().setErrorCode(error.code()));
        return draft.decision();
    }
}
