package dev.millrace.broker.api.topic;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.CreatePartitions;
import dev.millrace.broker.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;

/** CreatePartitions (key 37). Answers when the new partitions can be written to. */
final class CreatePartitionsHandler implements ApiHandler<CreatePartitionsRequest, CreatePartitionsResponseData> {

    /** From here on clients know what it means that their quota is used up (KIP-599). */
    private static final short STRICT_QUOTA_VERSION_MIN = 3;

    private final NodeView node;

    CreatePartitionsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CREATE_PARTITIONS;
    }

    @Override
    public void handle(ApiRequest<CreatePartitionsRequest> request, Ticket<CreatePartitionsResponseData> ticket) {
        List<CreatePartitions.Increase> topics = new ArrayList<>();
        for (CreatePartitionsTopic topic : request.body().data().topics()) {
            List<List<Integer>> assignments = topic.assignments() == null
                    ? null
                    : topic.assignments().stream()
                            .map(CreatePartitionsAssignment::brokerIds)
                            .toList();
            topics.add(new CreatePartitions.Increase(topic.name(), topic.count(), assignments));
        }
        boolean strict = request.version() >= STRICT_QUOTA_VERSION_MIN;
        int heldUpMs = node.mutate(request, partitions(topics), strict);
        if (strict && heldUpMs > 0) {
            ticket.answer(((CreatePartitionsResponse)
                            request.body().getErrorResponse(heldUpMs, Errors.THROTTLING_QUOTA_EXCEEDED.exception()))
                    .data());
            return;
        }
        node.metadata()
                .submit(new CreatePartitions(
                        topics, request.body().data().validateOnly(), new MappedTicket<>(ticket, outcomes -> response(
                                        outcomes)
                                .setThrottleTimeMs(heldUpMs))));
    }

    private double partitions(List<CreatePartitions.Increase> topics) {
        double partitions = 0;
        for (CreatePartitions.Increase topic : topics) {
            TopicImage known = node.image().topic(topic.name());
            partitions += known == null
                    ? 0
                    : Math.max(0, topic.count() - known.partitions().size());
        }
        return partitions;
    }

    private static CreatePartitionsResponseData response(List<CreatePartitions.Outcome> outcomes) {
        CreatePartitionsResponseData response = new CreatePartitionsResponseData();
        for (CreatePartitions.Outcome outcome : outcomes) {
            CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(outcome.name());
            if (outcome.error() != null) {
                result.setErrorCode(Errors.forException(outcome.error()).code())
                        .setErrorMessage(outcome.error().getMessage());
            }
            response.results().add(result);
        }
        return response;
    }
}
