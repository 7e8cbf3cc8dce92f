package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.coordinator.group.offset.CommitTransactionalOffsets;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;

/** TxnOffsetCommit (key 28). Offsets of partitions that are not there are refused, the others committed. */
final class TxnOffsetCommitHandler implements ApiHandler<TxnOffsetCommitRequest, TxnOffsetCommitResponseData> {

    /** Producers from before this version may crash when told that the coordinator is loading (KAFKA-7296). */
    private static final short KNOWS_LOADING = 2;

    private final GroupView groups;
    private final OffsetsAdmission admission;

    TxnOffsetCommitHandler(GroupView groups, OffsetsAdmission admission) {
        this.groups = groups;
        this.admission = admission;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.TXN_OFFSET_COMMIT;
    }

    @Override
    public void handle(ApiRequest<TxnOffsetCommitRequest> request, Ticket<TxnOffsetCommitResponseData> ticket) {
        TxnOffsetCommitResponse.Builder response = new TxnOffsetCommitResponse.Builder();
        TxnOffsetCommitRequestData known = request.body().data().duplicate();
        Map<String, Uuid> topicIds = new HashMap<>();
        known.setTopics(known(known.topics(), topicIds, response));
        if (known.topics().isEmpty()) {
            ticket.answer(response.build().data());
            return;
        }
        Ticket<TxnOffsetCommitResponseData> merged = new Merged(request.version(), response, ticket);
        if (known.groupId().isEmpty()) {
            merged.answer(TxnOffsetCommitRequest.getErrorResponse(known, Errors.INVALID_GROUP_ID));
            return;
        }
        admission.ensure(
                known,
                request.version(),
                () -> groups.host()
                        .submit(known.groupId(), merged, open -> new CommitTransactionalOffsets(known, topicIds, open)),
                merged::fail);
    }

    private List<TxnOffsetCommitRequestTopic> known(
            List<TxnOffsetCommitRequestTopic> topics,
            Map<String, Uuid> topicIds,
            TxnOffsetCommitResponse.Builder response) {
        List<TxnOffsetCommitRequestTopic> known = new ArrayList<>();
        for (TxnOffsetCommitRequestTopic topic : topics) {
            TopicImage image = groups.topic(topic.name(), Uuid.ZERO_UUID);
            TxnOffsetCommitRequestTopic knownTopic = new TxnOffsetCommitRequestTopic().setName(topic.name());
            for (TxnOffsetCommitRequestPartition partition : topic.partitions()) {
                if (image == null || image.partition(partition.partitionIndex()) == null) {
                    response.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
                } else {
                    knownTopic.partitions().add(partition);
                }
            }
            if (image != null && !knownTopic.partitions().isEmpty()) {
                topicIds.put(image.name(), image.id());
                known.add(knownTopic);
            }
        }
        return known;
    }

    /** Adds what was refused beforehand. */
    private record Merged(
            short version, TxnOffsetCommitResponse.Builder response, Ticket<TxnOffsetCommitResponseData> ticket)
            implements Ticket<TxnOffsetCommitResponseData> {

        @Override
        public void answer(TxnOffsetCommitResponseData answer) {
            ticket.answer(response.merge(answer).build().data());
        }

        @Override
        public void fail(ApiException error) {
            boolean loading = error instanceof CoordinatorLoadInProgressException;
            ticket.fail(
                    loading && version < KNOWS_LOADING
                            ? new CoordinatorNotAvailableException(error.getMessage())
                            : error);
        }
    }
}
