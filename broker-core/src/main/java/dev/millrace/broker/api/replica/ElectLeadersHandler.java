package dev.millrace.broker.api.replica;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.TopicImage;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ElectLeadersRequest;

/**
 * ElectLeaders (key 43). With one broker each partition has its preferred, and only, leader: every known partition is
 * answered ELECTION_NOT_NEEDED, and left out when the request names none.
 */
final class ElectLeadersHandler implements ApiHandler<ElectLeadersRequest, ElectLeadersResponseData> {

    private final NodeView node;

    ElectLeadersHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ELECT_LEADERS;
    }

    @Override
    public void handle(ApiRequest<ElectLeadersRequest> request, Ticket<ElectLeadersResponseData> ticket) {
        ElectLeadersRequestData wanted = request.body().data();
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        boolean known = wanted.electionType() == 0 || wanted.electionType() == 1;
        if (!known) {
            response.setErrorCode(Errors.INVALID_REQUEST.code());
        }
        if (wanted.topicPartitions() == null) {
            // Of all partitions: those that need no election are left out, the topics are not.
            for (TopicImage topic : node.image().topics()) {
                response.replicaElectionResults().add(new ReplicaElectionResult().setTopic(topic.name()));
            }
        } else {
            for (TopicPartitions topic : wanted.topicPartitions()) {
                ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.topic());
                TopicImage image = node.image().topic(topic.topic());
                for (int partition : topic.partitions()) {
                    Errors error = !known
                            ? Errors.INVALID_REQUEST
                            : image == null || image.partition(partition) == null
                                    ? Errors.UNKNOWN_TOPIC_OR_PARTITION
                                    : Errors.ELECTION_NOT_NEEDED;
                    result.partitionResult()
                            .add(new PartitionResult()
                                    .setPartitionId(partition)
                                    .setErrorCode(error.code())
                                    .setErrorMessage(error.message()));
                }
                response.replicaElectionResults().add(result);
            }
        }
        ticket.answer(response);
    }
}
