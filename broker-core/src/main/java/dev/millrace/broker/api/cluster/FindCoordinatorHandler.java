package dev.millrace.broker.api.cluster;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.coordinator.InternalTopics;
import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.machine.Ticket;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/**
 * FindCoordinator (key 10): which broker coordinates a group or a transactional id. The first one who asks has the
 * coordinators' topic created, and is answered when it is there.
 */
final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequest, FindCoordinatorResponseData> {

    private static final short FIRST_VERSION_OF_MANY_KEYS = FindCoordinatorRequest.MIN_BATCHED_VERSION;
    private static final int NO_NODE = -1;

    private final InternalTopics topics;

    FindCoordinatorHandler(InternalTopics topics) {
        this.topics = topics;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.FIND_COORDINATOR;
    }

    @Override
    public void handle(ApiRequest<FindCoordinatorRequest> request, Ticket<FindCoordinatorResponseData> ticket) {
        String topic = topicOf(request.body().data().keyType());
        if (topics.partitionCount(topic).isPresent()) {
            ticket.answer(answer(request, topic));
            return;
        }
        topics.create(topic, new Ticket<>() {
            @Override
            public void answer(Boolean created) {
                ticket.answer(FindCoordinatorHandler.this.answer(request, topic));
            }

            @Override
            public void fail(ApiException error) {
                ticket.fail(Errors.COORDINATOR_NOT_AVAILABLE.exception(error.getMessage()));
            }
        });
    }

    private static String topicOf(byte keyType) {
        if (keyType == CoordinatorType.GROUP.id()) {
            return Topic.GROUP_METADATA_TOPIC_NAME;
        }
        if (keyType == CoordinatorType.TRANSACTION.id()) {
            return Topic.TRANSACTION_STATE_TOPIC_NAME;
        }
        throw new InvalidRequestException("There is no coordinator of key type " + keyType + ".");
    }

    private FindCoordinatorResponseData answer(ApiRequest<FindCoordinatorRequest> request, String topic) {
        String listener = request.peer().listener();
        if (request.version() < FIRST_VERSION_OF_MANY_KEYS) {
            Coordinator found = find(request.body().data().key(), topic, listener);
            return new FindCoordinatorResponseData()
                    .setErrorCode(found.errorCode())
                    .setErrorMessage(found.errorCode() == 0 ? Errors.NONE.message() : found.errorMessage())
                    .setNodeId(found.nodeId())
                    .setHost(found.host())
                    .setPort(found.port());
        }
        List<Coordinator> found = request.body().data().coordinatorKeys().stream()
                .map(key -> find(key, topic, listener))
                .toList();
        return new FindCoordinatorResponseData().setCoordinators(found);
    }

    private Coordinator find(String key, String topic, String listener) {
        OptionalInt count = topics.partitionCount(topic);
        InternalTopics.Endpoint leader =
                count.isEmpty() ? null : topics.leader(topic, ShardHost.partitionFor(key, count.getAsInt()), listener);
        if (leader == null) {
            return new Coordinator()
                    .setKey(key)
                    .setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code())
                    .setErrorMessage(Errors.COORDINATOR_NOT_AVAILABLE.message())
                    .setNodeId(NO_NODE)
                    .setHost("")
                    .setPort(NO_NODE);
        }
        return new Coordinator()
                .setKey(key)
                .setNodeId(leader.nodeId())
                .setHost(leader.host())
                .setPort(leader.port());
    }
}
