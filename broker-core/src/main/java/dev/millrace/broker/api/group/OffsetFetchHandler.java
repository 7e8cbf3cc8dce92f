package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.Gathering;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.group.offset.FetchOffsets;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;

/** OffsetFetch (key 9). From version 8 on for several groups at once (KIP-709), each of them with its own coordinator. */
final class OffsetFetchHandler implements ApiHandler<OffsetFetchRequest, OffsetFetchResponseData> {

    private final GroupView groups;

    OffsetFetchHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_FETCH;
    }

    @Override
    public void handle(ApiRequest<OffsetFetchRequest> request, Ticket<OffsetFetchResponseData> ticket) {
        short version = request.version();
        List<OffsetFetchRequestGroup> requested = request.body().groups();
        Gathering<OffsetFetchResponseGroup> gathering = new Gathering<>(
                requested.size(),
                answers -> ticket.answer(
                        new OffsetFetchResponse.Builder(answers).build(version).data()));
        for (int i = 0; i < requested.size(); i++) {
            OffsetFetchRequestGroup group = requested.get(i);
            Ticket<OffsetFetchResponseGroup> part =
                    gathering.part(i, error -> OffsetFetchResponse.groupError(group, toClient(error), version));
            fetch(group, OffsetFetchRequest.useTopicIds(version), request.body().requireStable(), part);
        }
    }

    private void fetch(
            OffsetFetchRequestGroup group,
            boolean useTopicIds,
            boolean requireStable,
            Ticket<OffsetFetchResponseGroup> ticket) {
        if (group.topics() == null) {
            Ticket<OffsetFetchResponseGroup> identified =
                    new MappedTicket<>(ticket, answer -> useTopicIds ? identified(answer) : answer);
            groups.host().submit(group.groupId(), identified, open -> new FetchOffsets(group, requireStable, open));
            return;
        }
        List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
        OffsetFetchRequestGroup known = group.duplicate().setTopics(named(group.topics(), useTopicIds, unknown));
        Ticket<OffsetFetchResponseGroup> whole = new MappedTicket<>(ticket, answer -> {
            answer.topics().addAll(unknown);
            return answer;
        });
        groups.host().submit(known.groupId(), whole, open -> new FetchOffsets(known, requireStable, open));
    }

    /** With names and ids, where the topics are there. A topic that is gone may have offsets still, under its name. */
    private List<OffsetFetchRequestTopics> named(
            List<OffsetFetchRequestTopics> topics, boolean useTopicIds, List<OffsetFetchResponseTopics> unknown) {
        List<OffsetFetchRequestTopics> named = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : topics) {
            TopicImage image = groups.topic(topic.name(), topic.topicId());
            if (image != null) {
                named.add(topic.duplicate().setName(image.name()).setTopicId(image.id()));
            } else if (useTopicIds) {
                unknown.add(unknown(topic));
            } else {
                named.add(topic);
            }
        }
        return named;
    }

    private static OffsetFetchResponseTopics unknown(OffsetFetchRequestTopics topic) {
        OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics().setTopicId(topic.topicId());
        for (int index : topic.partitionIndexes()) {
            answer.partitions()
                    .add(new OffsetFetchResponsePartitions()
                            .setPartitionIndex(index)
                            .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                            .setMetadata(OffsetFetchResponse.NO_METADATA)
                            .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()));
        }
        return answer;
    }

    /** Topics that are gone have no id by which a client could be told of them. */
    private OffsetFetchResponseGroup identified(OffsetFetchResponseGroup answer) {
        List<OffsetFetchResponseTopics> topics = new ArrayList<>();
        for (OffsetFetchResponseTopics topic : answer.topics()) {
            TopicImage image = groups.image().get().topic(topic.name());
            if (image != null) {
                topics.add(topic.setTopicId(image.id()));
            }
        }
        return answer.setTopics(topics);
    }

    /** Consumers before 3.9 look the coordinator up again on this error only, of all that a failed append may mean. */
    private static Errors toClient(ApiException error) {
        Errors code = Errors.forException(error);
        return code == Errors.COORDINATOR_NOT_AVAILABLE ? Errors.NOT_COORDINATOR : code;
    }
}
