package dev.millrace.broker.api.cluster;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.AuthorizedOperations;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.ClusterImage;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;

/** DescribeCluster (key 60): the brokers, on the listener that the client came in by. */
final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequest, DescribeClusterResponseData> {

    /** The endpoint type of a request that asks for brokers; the other one, 2, asks for controllers (KIP-919). */
    private static final byte BROKERS = 1;

    private final NodeView node;

    DescribeClusterHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_CLUSTER;
    }

    @Override
    public void handle(ApiRequest<DescribeClusterRequest> request, Ticket<DescribeClusterResponseData> ticket) {
        DescribeClusterResponseData response = new DescribeClusterResponseData();
        byte wanted = request.body().data().endpointType();
        if (wanted != BROKERS) {
            ticket.answer(response.setErrorCode(
                            wanted == 2
                                    ? Errors.MISMATCHED_ENDPOINT_TYPE.code()
                                    : Errors.UNSUPPORTED_ENDPOINT_TYPE.code())
                    .setErrorMessage("This is the listener of a broker; it tells of brokers only."));
            return;
        }
        ClusterImage image = node.image();
        response.setClusterId(image.clusterId()).setControllerId(node.nodeId());
        if (request.body().data().includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        for (BrokerImage broker : image.brokers()) {
            BrokerImage.Endpoint endpoint = broker.endpoint(request.peer().listener());
            if (endpoint != null) {
                response.brokers()
                        .add(new DescribeClusterBroker()
                                .setBrokerId(broker.id())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())
                                .setRack(broker.rack()));
            }
        }
        ticket.answer(response);
    }
}
