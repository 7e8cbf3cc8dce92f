package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.group.offset.DeleteOffsets;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.TopicImage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;

/** OffsetDelete (key 47). Offsets of partitions that are not there are refused, the others deleted. */
final class OffsetDeleteHandler implements ApiHandler<OffsetDeleteRequest, OffsetDeleteResponseData> {

    private final GroupView groups;

    OffsetDeleteHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_DELETE;
    }

    @Override
    public void handle(ApiRequest<OffsetDeleteRequest> request, Ticket<OffsetDeleteResponseData> ticket) {
        OffsetDeleteResponse.Builder response = new OffsetDeleteResponse.Builder();
        OffsetDeleteRequestTopicCollection topics = new OffsetDeleteRequestTopicCollection();
        for (OffsetDeleteRequestTopic topic : request.body().data().topics()) {
            OffsetDeleteRequestTopic known = known(topic, response);
            if (!known.partitions().isEmpty()) {
                topics.add(known);
            }
        }
        OffsetDeleteRequestData known = new OffsetDeleteRequestData()
                .setGroupId(request.body().data().groupId())
                .setTopics(topics);
        Ticket<OffsetDeleteResponseData> merged = new MappedTicket<>(
                ticket, answer -> response.merge(answer).build().data());
        groups.host().submit(known.groupId(), merged, open -> new DeleteOffsets(known, open));
    }

    private OffsetDeleteRequestTopic known(OffsetDeleteRequestTopic topic, OffsetDeleteResponse.Builder response) {
        TopicImage image = groups.topic(topic.name(), Uuid.ZERO_UUID);
        OffsetDeleteRequestTopic known = new OffsetDeleteRequestTopic().setName(topic.name());
        for (OffsetDeleteRequestPartition partition : topic.partitions()) {
            if (image == null || image.partition(partition.partitionIndex()) == null) {
                response.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
            } else {
                known.partitions().add(partition);
            }
        }
        return known;
    }
}
