package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.coordinator.group.classic.Heartbeat;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.HeartbeatRequest;

/** Heartbeat (key 12). */
final class HeartbeatHandler implements ApiHandler<HeartbeatRequest, HeartbeatResponseData> {

    private final GroupView groups;

    HeartbeatHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.HEARTBEAT;
    }

    @Override
    public void handle(ApiRequest<HeartbeatRequest> request, Ticket<HeartbeatResponseData> ticket) {
        groups.host()
                .submit(
                        request.body().data().groupId(),
                        new Patient(ticket),
                        open -> new Heartbeat(request.body().data(), open));
    }

    /** A shard that is loading gives every member a new session: there is nothing that the client need do. */
    private record Patient(Ticket<HeartbeatResponseData> ticket) implements Ticket<HeartbeatResponseData> {

        @Override
        public void answer(HeartbeatResponseData value) {
            ticket.answer(value);
        }

        @Override
        public void fail(ApiException error) {
            if (error instanceof CoordinatorLoadInProgressException) {
                ticket.answer(new HeartbeatResponseData());
            } else {
                ticket.fail(error);
            }
        }
    }
}
