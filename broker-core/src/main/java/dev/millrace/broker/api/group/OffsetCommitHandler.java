package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.group.offset.CommitOffsets;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;

/** OffsetCommit (key 8). Offsets of partitions that are not there are refused, the others committed. */
final class OffsetCommitHandler implements ApiHandler<OffsetCommitRequest, OffsetCommitResponseData> {

    private final GroupView groups;

    OffsetCommitHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_COMMIT;
    }

    @Override
    public void handle(ApiRequest<OffsetCommitRequest> request, Ticket<OffsetCommitResponseData> ticket) {
        OffsetCommitResponse.Builder response =
                OffsetCommitResponse.newBuilder(OffsetCommitResponse.useTopicIds(request.version()));
        OffsetCommitRequestData known = request.body().data().duplicate().setTopics(known(request, response));
        if (known.topics().isEmpty()) {
            ticket.answer(response.build().data());
            return;
        }
        Ticket<OffsetCommitResponseData> merged = new MappedTicket<>(
                ticket, answer -> response.merge(answer).build().data());
        groups.host().submit(known.groupId(), merged, open -> new CommitOffsets(known, request.version(), open));
    }

    private List<OffsetCommitRequestTopic> known(
            ApiRequest<OffsetCommitRequest> request, OffsetCommitResponse.Builder response) {
        List<OffsetCommitRequestTopic> known = new ArrayList<>();
        for (OffsetCommitRequestTopic topic : request.body().data().topics()) {
            TopicImage image = groups.topic(topic.name(), topic.topicId());
            if (image == null) {
                Errors error = OffsetCommitResponse.useTopicIds(request.version())
                        ? Errors.UNKNOWN_TOPIC_ID
                        : Errors.UNKNOWN_TOPIC_OR_PARTITION;
                response.addPartitions(
                        topic.topicId(),
                        topic.name(),
                        topic.partitions(),
                        OffsetCommitRequestPartition::partitionIndex,
                        error);
            } else {
                OffsetCommitRequestTopic knownTopic = known(topic, image, response);
                if (!knownTopic.partitions().isEmpty()) {
                    known.add(knownTopic);
                }
            }
        }
        return known;
    }

    private static OffsetCommitRequestTopic known(
            OffsetCommitRequestTopic topic, TopicImage image, OffsetCommitResponse.Builder response) {
        OffsetCommitRequestTopic known =
                new OffsetCommitRequestTopic().setName(image.name()).setTopicId(image.id());
        for (OffsetCommitRequestPartition partition : topic.partitions()) {
            if (image.partition(partition.partitionIndex()) == null) {
                response.addPartition(
                        image.id(), image.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
            } else {
                known.partitions().add(partition);
            }
        }
        return known;
    }
}
