package dev.millrace.broker.api.cluster;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.BrokerImage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;

/** DescribeQuorum (key 55): the voters of the metadata log, of which this node is the only one. */
final class DescribeQuorumHandler implements ApiHandler<DescribeQuorumRequest, DescribeQuorumResponseData> {

    /** From here on a voter is a directory of a node, and the answer tells where nodes are (KIP-853). */
    private static final short DIRECTORIES_VERSION_MIN = 2;

    private final NodeView node;

    DescribeQuorumHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_QUORUM;
    }

    @Override
    public void handle(ApiRequest<DescribeQuorumRequest> request, Ticket<DescribeQuorumResponseData> ticket) {
        DescribeQuorumResponseData response = new DescribeQuorumResponseData();
        for (DescribeQuorumRequestData.TopicData topic : request.body().data().topics()) {
            TopicData answer = new TopicData().setTopicName(topic.topicName());
            for (DescribeQuorumRequestData.PartitionData partition : topic.partitions()) {
                answer.partitions().add(describe(topic.topicName(), partition.partitionIndex(), request.version()));
            }
            response.topics().add(answer);
            if (request.version() >= DIRECTORIES_VERSION_MIN
                    && answer.partitions().stream()
                            .anyMatch(partition -> partition.errorCode() == Errors.NONE.code())) {
                response.nodes().add(thisNode());
            }
        }
        ticket.answer(response);
    }

    /** The controller has no listener of its own: it is reached by those of the broker. */
    private DescribeQuorumResponseData.Node thisNode() {
        DescribeQuorumResponseData.Node answer = new DescribeQuorumResponseData.Node().setNodeId(node.nodeId());
        BrokerImage broker = node.image().broker(node.nodeId());
        if (broker != null) {
            for (BrokerImage.Endpoint endpoint : broker.endpoints()) {
                answer.listeners()
                        .add(new DescribeQuorumResponseData.Listener()
                                .setName(endpoint.listener())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port()));
            }
        }
        return answer;
    }

    private PartitionData describe(String topic, int partition, short version) {
        PartitionData answer = new PartitionData().setPartitionIndex(partition);
        if (!topic.equals(Topic.CLUSTER_METADATA_TOPIC_NAME) || partition != 0) {
            return answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .setErrorMessage(Errors.UNKNOWN_TOPIC_OR_PARTITION.message());
        }
        // The log has an entry for each version of the image.
        long end = node.image().version();
        answer.setLeaderId(node.nodeId())
                .setLeaderEpoch(node.metadata().controllerEpoch())
                .setHighWatermark(end);
        long nowMs = node.nowMs().getAsLong();
        answer.currentVoters()
                .add(new ReplicaState()
                        .setReplicaId(node.nodeId())
                        .setReplicaDirectoryId(
                                version < DIRECTORIES_VERSION_MIN ? Uuid.ZERO_UUID : node.metadataDirectory())
                        .setLogEndOffset(end)
                        .setLastFetchTimestamp(nowMs)
                        .setLastCaughtUpTimestamp(nowMs));
        return answer;
    }
}
