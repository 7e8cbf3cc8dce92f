package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.group.classic.JoinGroup;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;

/** JoinGroup (key 11). Answers when everybody has joined. */
final class JoinGroupHandler implements ApiHandler<JoinGroupRequest, JoinGroupResponseData> {

    private final GroupView groups;

    JoinGroupHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.JOIN_GROUP;
    }

    @Override
    public void handle(ApiRequest<JoinGroupRequest> request, Ticket<JoinGroupResponseData> ticket) {
        JoinGroupRequestData body = request.body().data();
        String clientId = request.clientId();
        String unique = groups.uniqueIds().get().toString();
        String newMemberId = JoinGroup.newMemberId(body.groupInstanceId(), clientId, unique);
        short version = request.version();
        // Before version 7 a protocol name could not be null.
        Ticket<JoinGroupResponseData> readable =
                new MappedTicket<>(ticket, answer -> new JoinGroupResponse(answer, version).data());
        groups.host()
                .submit(
                        body.groupId(),
                        readable,
                        open -> new JoinGroup(
                                body, version, clientId, request.peer().host(), newMemberId, open));
    }
}
