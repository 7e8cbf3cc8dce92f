package dev.millrace.broker.coordinator.group.offset;

import dev.millrace.broker.coordinator.group.CommitClaim;
import dev.millrace.broker.coordinator.group.CommittedOffset;
import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;

/**
 * A member, or somebody without a group that is managed, says where it is.
 *
 * @param request with topics by name, and by id where that is known, all of which exist
 */
public record CommitOffsets(OffsetCommitRequestData request, short version, Ticket<OffsetCommitResponseData> ticket)
        implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        Errors error = check(groups);
        if (error != Errors.NONE) {
            return Decision.answer(ticket, OffsetCommitRequest.getErrorResponse(request, error));
        }
        Decision.Builder<GroupEvent> decision = Decision.builder();
        Group group = groups.get(request.groupId());
        if (group != null) {
            group.onCommitOf(request.memberId(), nowMs).forEach(decision::timer);
        }
        OffsetCommitResponseData answer = new OffsetCommitResponseData();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic topicAnswer =
                    new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                boolean fits = config.hasRoomFor(partition.committedMetadata());
                if (fits) {
                    decision.event(committed(topic, partition, nowMs));
                }
                topicAnswer
                        .partitions()
                        .add(new OffsetCommitResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode((fits ? Errors.NONE : Errors.OFFSET_METADATA_TOO_LARGE).code()));
            }
            answer.topics().add(topicAnswer);
        }
        return decision.answer(ticket, answer).build();
    }

    private OffsetCommitted committed(
            OffsetCommitRequestTopic topic, OffsetCommitRequestPartition partition, long nowMs) {
        String metadata = partition.committedMetadata() == null ? "" : partition.committedMetadata();
        boolean keepsDefault = request.retentionTimeMs() == OffsetCommitRequest.DEFAULT_RETENTION_TIME;
        CommittedOffset offset = new CommittedOffset(
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                metadata,
                nowMs,
                keepsDefault ? CommittedOffset.NEVER_EXPIRES : nowMs + request.retentionTimeMs(),
                topic.topicId());
        return new OffsetCommitted(
                request.groupId(), new TopicPartition(topic.name(), partition.partitionIndex()), offset, null);
    }

    private Errors check(Groups groups) {
        Group group = groups.get(request.groupId());
        int generation = request.generationIdOrMemberEpoch();
        if (group != null) {
            return group.checkCommit(
                    new CommitClaim(request.memberId(), request.groupInstanceId(), generation, this::partitions),
                    version);
        }
        if (generation < 0) {
            return Errors.NONE;
        }
        // Clients learned of this error together with the consumer protocol (KIP-848).
        return version >= 9 ? Errors.GROUP_ID_NOT_FOUND : Errors.ILLEGAL_GENERATION;
    }

    private List<PartitionId> partitions() {
        List<PartitionId> partitions = new ArrayList<>();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            topic.partitions()
                    .forEach(partition -> partitions.add(new PartitionId(topic.topicId(), partition.partitionIndex())));
        }
        return partitions;
    }
}
