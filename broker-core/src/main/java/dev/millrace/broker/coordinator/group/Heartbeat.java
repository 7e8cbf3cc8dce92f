package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** A member is alive; in return it learns whether it has to join again. */
public record Heartbeat(HeartbeatRequestData request, Ticket<HeartbeatResponseData> ticket) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        ConsumerGroup consumerGroup = groups.consumerGroup(request.groupId());
        if (consumerGroup != null) {
            return heartbeatOfConsumerGroup(consumerGroup, groups, config, nowMs);
        }
        ClassicGroup group = groups.getOrNew(request.groupId());
        Errors error = request.groupId().isEmpty()
                ? Errors.INVALID_GROUP_ID
                : Membership.check(group, request.memberId(), request.groupInstanceId(), request.generationId());
        GroupDraft draft = new GroupDraft(group, config, nowMs);
        Member member = group.member(request.memberId());
        if (error == Errors.NONE && member != null) {
            draft.extendSession(member);
            error = group.isPreparing() ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
        }
        draft.answer(ticket, new HeartbeatResponseData().setErrorCode(error.code()));
        return draft.decision();
    }

    private Decision<GroupEvent> heartbeatOfConsumerGroup(
            ConsumerGroup group, Groups groups, GroupConfig config, long nowMs) {
        ConsumerGroupDraft draft = new ConsumerGroupDraft(group, groups.topics(), config, nowMs);
        try {
            Errors error = new ClassicMembers(draft, groups.topics(), config).heartbeat(request);
            draft.answer(ticket, new HeartbeatResponseData().setErrorCode(error.code()));
            return draft.decision();
        } catch (ApiException refusal) {
            short error = Errors.forException(refusal).code();
            return Decision.answer(ticket, new HeartbeatResponseData().setErrorCode(error));
        }
    }
}
