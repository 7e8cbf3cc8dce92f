package dev.millrace.broker.api.topic;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.DeleteTopics;
import dev.millrace.broker.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;

/** DeleteTopics (key 20). Answers when the partitions are closed and out of the way; their files go later. */
final class DeleteTopicsHandler implements ApiHandler<DeleteTopicsRequest, DeleteTopicsResponseData> {

    /** From here on clients know what it means that their quota is used up (KIP-599). */
    private static final short STRICT_QUOTA_VERSION_MIN = 5;

    private final NodeView node;

    DeleteTopicsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_TOPICS;
    }

    @Override
    public void handle(ApiRequest<DeleteTopicsRequest> request, Ticket<DeleteTopicsResponseData> ticket) {
        List<DeleteTopics.Reference> topics = new ArrayList<>();
        request.body()
                .data()
                .topicNames()
                .forEach(name -> topics.add(new DeleteTopics.Reference(name, Uuid.ZERO_UUID)));
        request.body()
                .data()
                .topics()
                .forEach(topic -> topics.add(new DeleteTopics.Reference(topic.name(), topic.topicId())));
        boolean strict = request.version() >= STRICT_QUOTA_VERSION_MIN;
        int heldUpMs = node.mutate(request, partitions(topics), strict);
        if (strict && heldUpMs > 0) {
            ticket.answer(((DeleteTopicsResponse)
                            request.body().getErrorResponse(heldUpMs, Errors.THROTTLING_QUOTA_EXCEEDED.exception()))
                    .data());
            return;
        }
        node.metadata().submit(new DeleteTopics(topics, new MappedTicket<>(ticket, outcomes -> response(outcomes)
                .setThrottleTimeMs(heldUpMs))));
    }

    private double partitions(List<DeleteTopics.Reference> topics) {
        double partitions = 0;
        for (DeleteTopics.Reference topic : topics) {
            TopicImage known = topic.name() == null
                    ? node.image().topic(topic.id())
                    : node.image().topic(topic.name());
            partitions += known == null ? 0 : known.partitions().size();
        }
        return partitions;
    }

    private static DeleteTopicsResponseData response(List<DeleteTopics.Outcome> outcomes) {
        DeleteTopicsResponseData response = new DeleteTopicsResponseData();
        for (DeleteTopics.Outcome outcome : outcomes) {
            DeletableTopicResult result =
                    new DeletableTopicResult().setName(outcome.name()).setTopicId(outcome.id());
            if (outcome.error() != null) {
                result.setErrorCode(Errors.forException(outcome.error()).code())
                        .setErrorMessage(outcome.error().getMessage());
            }
            response.responses().add(result);
        }
        return response;
    }
}
