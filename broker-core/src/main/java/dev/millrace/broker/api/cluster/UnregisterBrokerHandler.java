package dev.millrace.broker.api.cluster;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.UnregisterBrokerRequest;

/** UnregisterBroker (key 64): forgets a broker that is gone for good. This one is here, and there is no other. */
final class UnregisterBrokerHandler implements ApiHandler<UnregisterBrokerRequest, UnregisterBrokerResponseData> {

    private final NodeView node;

    UnregisterBrokerHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.UNREGISTER_BROKER;
    }

    @Override
    public void handle(ApiRequest<UnregisterBrokerRequest> request, Ticket<UnregisterBrokerResponseData> ticket) {
        int id = request.body().data().brokerId();
        if (node.image().broker(id) == null) {
            throw new BrokerIdNotRegisteredException("Broker ID " + id + " is not currently registered");
        }
        throw new InvalidRequestException("Broker " + id + " is running: it can't be unregistered.");
    }
}
