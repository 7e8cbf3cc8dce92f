package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.coordinator.group.classic.SyncGroup;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.SyncGroupRequest;

/** SyncGroup (key 14). Answers when the leader has assigned. */
final class SyncGroupHandler implements ApiHandler<SyncGroupRequest, SyncGroupResponseData> {

    private final GroupView groups;

    SyncGroupHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.SYNC_GROUP;
    }

    /** From version 5 on a request has to say what protocol it is about (KIP-559). */
    @Override
    public void handle(ApiRequest<SyncGroupRequest> request, Ticket<SyncGroupResponseData> ticket) {
        if (!request.body().areMandatoryProtocolTypeAndNamePresent()) {
            ticket.fail(new InconsistentGroupProtocolException("The request names no protocol type or no protocol."));
            return;
        }
        groups.host()
                .submit(
                        request.body().data().groupId(),
                        ticket,
                        open -> new SyncGroup(request.body().data(), open));
    }
}
