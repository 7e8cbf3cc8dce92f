package dev.millrace.broker.api.replica;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.metadata.TopicImage;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.jspecify.annotations.Nullable;

/**
 * AlterPartitionReassignments (key 45). A broker alone has nowhere to move a partition to: to move it where it is already is
 * done at once, and any other target names a broker that is not there.
 */
final class AlterPartitionReassignmentsHandler
        implements ApiHandler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponseData> {

    private final NodeView node;

    AlterPartitionReassignmentsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
    }

    @Override
    public void handle(
            ApiRequest<AlterPartitionReassignmentsRequest> request,
            Ticket<AlterPartitionReassignmentsResponseData> ticket) {
        ClusterImage image = node.image();
        boolean mayResize = request.body().data().allowReplicationFactorChange();
        AlterPartitionReassignmentsResponseData response =
                new AlterPartitionReassignmentsResponseData().setAllowReplicationFactorChange(mayResize);
        for (ReassignableTopic topic : request.body().data().topics()) {
            ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(topic.name());
            for (ReassignablePartition wanted : topic.partitions()) {
                ReassignablePartitionResponse result =
                        new ReassignablePartitionResponse().setPartitionIndex(wanted.partitionIndex());
                try {
                    check(image, image.topic(topic.name()), wanted, mayResize);
                    result.setErrorMessage(null);
                } catch (ApiException e) {
                    result.setErrorCode(Errors.forException(e).code()).setErrorMessage(e.getMessage());
                }
                answer.partitions().add(result);
            }
            response.responses().add(answer);
        }
        if (!response.responses().isEmpty()) {
            response.setErrorMessage(null);
        }
        ticket.answer(response);
    }

    private static void check(
            ClusterImage image, @Nullable TopicImage topic, ReassignablePartition wanted, boolean mayResize) {
        PartitionImage partition = topic == null ? null : topic.partition(wanted.partitionIndex());
        if (topic == null || partition == null) {
            throw new UnknownTopicOrPartitionException(
                    topic == null
                            ? "There is no such topic."
                            : topic.name() + " has no partition " + wanted.partitionIndex() + ".");
        }
        List<Integer> replicas = wanted.replicas();
        if (replicas == null) {
            throw new NoReassignmentInProgressException("The partition is not being moved: nothing can be cancelled.");
        }
        if (replicas.isEmpty()) {
            throw new InvalidReplicaAssignmentException("A partition needs at least one replica.");
        }
        if (new HashSet<>(replicas).size() < replicas.size()) {
            throw new InvalidReplicaAssignmentException("The replicas " + replicas + " name a broker twice.");
        }
        for (int replica : replicas) {
            if (image.broker(replica) == null) {
                throw new InvalidReplicaAssignmentException(
                        "The replicas " + replicas + " name broker " + replica + ", which is not there.");
            }
        }
        if (!mayResize && replicas.size() != partition.replicas().size()) {
            throw new InvalidReplicationFactorException("The replicas " + replicas + " are another number than the "
                    + partition.replicas().size() + " there are.");
        }
    }
}
