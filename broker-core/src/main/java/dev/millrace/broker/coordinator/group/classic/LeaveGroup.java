package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;

/**
 * Members leave, or an operator removes static ones, whose member ids it need not know (KIP-345).
 *
 * @param request with its members listed, as version 3 does; earlier versions name one
 */
public record LeaveGroup(LeaveGroupRequestData request, Ticket<LeaveGroupResponseData> ticket) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        if (request.groupId().isEmpty()) {
            return Decision.answer(ticket, new LeaveGroupResponseData().setErrorCode(Errors.INVALID_GROUP_ID.code()));
        }
        HostsClassicMembers host = groups.get(request.groupId(), HostsClassicMembers.class);
        if (host != null) {
            return host.classicRequests(groups.topics(), config, nowMs).leave(this);
        }
        ClassicGroupDraft draft = new ClassicGroupDraft(ClassicGroup.orNew(groups, request.groupId()), config, nowMs);
        List<MemberResponse> responses = new ArrayList<>();
        List<String> left = new ArrayList<>();
        for (MemberIdentity identity : request.members()) {
            boolean reserved = draft.group().isReserved(identity.memberId());
            Errors error = remove(draft, identity);
            responses.add(new MemberResponse()
                    .setMemberId(identity.memberId())
                    .setGroupInstanceId(identity.groupInstanceId())
                    .setErrorCode(error.code()));
            if (error == Errors.NONE && !reserved) {
                left.add(identity.memberId().isEmpty() ? identity.groupInstanceId() : identity.memberId());
            }
        }
        if (!left.isEmpty()) {
            draft.rebalance("members left: " + left);
        } else {
            // An id that was given back may have been all that the others waited for.
            draft.maybeCompleteJoin();
        }
        draft.answer(ticket, new LeaveGroupResponseData().setMembers(responses));
        return draft.decision();
    }

    private static Errors remove(ClassicGroupDraft draft, MemberIdentity identity) {
        ClassicGroup group = draft.group();
        String memberId = identity.memberId();
        Errors error;
        if (memberId.isEmpty()) {
            String instanceId = identity.groupInstanceId();
            String current = instanceId == null ? null : group.memberIdOf(instanceId);
            error = current == null ? Errors.UNKNOWN_MEMBER_ID : Errors.NONE;
            memberId = current == null ? "" : current;
        } else if (group.isReserved(memberId)) {
            error = Errors.NONE;
        } else {
            error = Membership.check(group, memberId, identity.groupInstanceId());
        }
        if (error == Errors.NONE) {
            draft.remove(memberId);
        }
        return error;
    }
}
