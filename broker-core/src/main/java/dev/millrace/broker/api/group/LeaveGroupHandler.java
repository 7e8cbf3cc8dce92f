package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.group.classic.LeaveGroup;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;

/** LeaveGroup (key 13). Before version 3 one member left at a time, and its error was the whole answer. */
final class LeaveGroupHandler implements ApiHandler<LeaveGroupRequest, LeaveGroupResponseData> {

    private final GroupView groups;

    LeaveGroupHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LEAVE_GROUP;
    }

    @Override
    public void handle(ApiRequest<LeaveGroupRequest> request, Ticket<LeaveGroupResponseData> ticket) {
        LeaveGroupRequestData body = request.body().normalizedData();
        Ticket<LeaveGroupResponseData> readable =
                new MappedTicket<>(ticket, answer -> new LeaveGroupResponse(answer, request.version()).data());
        groups.host().submit(body.groupId(), readable, open -> new LeaveGroup(body, open));
    }
}
