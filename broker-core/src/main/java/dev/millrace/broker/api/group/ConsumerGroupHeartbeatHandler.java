package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.coordinator.group.consumer.ConsumerGroupHeartbeat;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ClusterFeatures;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;

/** ConsumerGroupHeartbeat (key 68). */
final class ConsumerGroupHeartbeatHandler
        implements ApiHandler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponseData> {

    private final GroupView groups;

    ConsumerGroupHeartbeatHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CONSUMER_GROUP_HEARTBEAT;
    }

    @Override
    public void handle(
            ApiRequest<ConsumerGroupHeartbeatRequest> request, Ticket<ConsumerGroupHeartbeatResponseData> ticket) {
        ConsumerGroupHeartbeatRequestData body = request.body().data();
        if (groups.image().get().featureLevel(ClusterFeatures.GROUP_VERSION) == 0) {
            ticket.fail(new UnsupportedVersionException("The cluster's " + ClusterFeatures.GROUP_VERSION + " is 0."));
            return;
        }
        String newMemberId = groups.uniqueIds().get().toString();
        groups.host()
                .submit(
                        body.groupId(),
                        ticket,
                        open -> new ConsumerGroupHeartbeat(
                                body,
                                request.version(),
                                request.clientId(),
                                request.peer().host(),
                                newMemberId,
                                open));
    }
}
