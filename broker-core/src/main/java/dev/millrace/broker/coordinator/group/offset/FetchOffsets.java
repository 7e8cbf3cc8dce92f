package dev.millrace.broker.coordinator.group.offset;

import dev.millrace.broker.coordinator.group.CommittedOffset;
import dev.millrace.broker.coordinator.group.CommittedOffsets;
import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Where is the group?
 *
 * @param request topics by name, and by id where that is known; null topics for all that the group has
 * @param requireStable rather than an offset that an open transaction may overtake, answer so (KIP-447)
 */
public record FetchOffsets(
        OffsetFetchRequestGroup request, boolean requireStable, Ticket<OffsetFetchResponseGroup> ticket)
        implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        Group group = groups.get(request.groupId());
        Errors error = group == null ? Errors.NONE : group.checkFetch(request.memberId(), request.memberEpoch());
        if (error != Errors.NONE) {
            return Decision.answer(
                    ticket,
                    new OffsetFetchResponseGroup().setGroupId(request.groupId()).setErrorCode(error.code()));
        }
        CommittedOffsets offsets = groups.offsets();
        List<OffsetFetchResponseTopics> topics = request.topics() == null ? all(offsets) : named(offsets);
        return Decision.answer(
                ticket,
                new OffsetFetchResponseGroup().setGroupId(request.groupId()).setTopics(topics));
    }

    private List<OffsetFetchResponseTopics> named(CommittedOffsets offsets) {
        List<OffsetFetchResponseTopics> topics = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : request.topics()) {
            OffsetFetchResponseTopics answer =
                    new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
            for (int index : topic.partitionIndexes()) {
                TopicPartition partition = new TopicPartition(topic.name(), index);
                CommittedOffset offset = offsets.get(request.groupId(), partition);
                boolean known = offset != null && offset.isOf(topic.topicId());
                answer.partitions().add(answer(offsets, partition, known ? offset : null));
            }
            topics.add(answer);
        }
        return topics;
    }

    private List<OffsetFetchResponseTopics> all(CommittedOffsets offsets) {
        Map<String, OffsetFetchResponseTopics> topics = new LinkedHashMap<>();
        offsets.forEach(request.groupId(), (partition, offset) -> topics.computeIfAbsent(
                        partition.topic(),
                        name -> new OffsetFetchResponseTopics().setName(name).setTopicId(Uuid.ZERO_UUID))
                .partitions()
                .add(answer(offsets, partition, offset)));
        return List.copyOf(topics.values());
    }

    private OffsetFetchResponsePartitions answer(
            CommittedOffsets offsets, TopicPartition partition, @Nullable CommittedOffset offset) {
        OffsetFetchResponsePartitions answer =
                new OffsetFetchResponsePartitions().setPartitionIndex(partition.partition());
        if (requireStable && offsets.isPending(request.groupId(), partition)) {
            return answer.setErrorCode(Errors.UNSTABLE_OFFSET_COMMIT.code())
                    .setCommittedOffset(-1)
                    .setMetadata("");
        }
        if (offset == null) {
            return answer.setCommittedOffset(-1).setMetadata("");
        }
        return answer.setCommittedOffset(offset.offset())
                .setCommittedLeaderEpoch(offset.leaderEpoch())
                .setMetadata(offset.metadata());
    }
}
