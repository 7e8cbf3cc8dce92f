package dev.millrace.broker.api;

import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.DeleteTopics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteTopicsRequest;

/** DeleteTopics (key 20). Answers when the partitions are closed and out of the way; their files go later. */
public final class DeleteTopicsHandler implements ApiHandler<DeleteTopicsRequest, DeleteTopicsResponseData> {

    private final NodeView node;

    public DeleteTopicsHandler(NodeView node) {
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
        node.metadata().submit(new DeleteTopics(topics, new MappedTicket<>(ticket, DeleteTopicsHandler::response)));
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
