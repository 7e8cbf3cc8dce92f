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
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;

/**
 * A producer commits, within its transaction, where a consumer is (KIP-98). A member's generation fences producers of
 * members that the group has left behind (KIP-447). Whether the producer's transaction is open is for the partition to
 * check when the records are appended.
 *
 * @param topicIds of the request's topics, which it tells by name alone; missing where not known
 */
public record CommitTransactionalOffsets(
        TxnOffsetCommitRequestData request, Map<String, Uuid> topicIds, Ticket<TxnOffsetCommitResponseData> ticket)
        implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        Errors error = check(groups);
        if (error != Errors.NONE) {
            return Decision.answer(ticket, TxnOffsetCommitRequest.getErrorResponse(request, error));
        }
        Decision.Builder<GroupEvent> decision = Decision.builder();
        TxnOffsetCommitResponseData answer = new TxnOffsetCommitResponseData();
        for (TxnOffsetCommitRequestTopic topic : request.topics()) {
            TxnOffsetCommitResponseTopic topicAnswer = new TxnOffsetCommitResponseTopic().setName(topic.name());
            for (TxnOffsetCommitRequestPartition partition : topic.partitions()) {
                boolean fits = config.hasRoomFor(partition.committedMetadata());
                if (fits) {
                    decision.event(committed(topic.name(), partition, nowMs));
                }
                topicAnswer
                        .partitions()
                        .add(new TxnOffsetCommitResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode((fits ? Errors.NONE : Errors.OFFSET_METADATA_TOO_LARGE).code()));
            }
            answer.topics().add(topicAnswer);
        }
        return decision.answer(ticket, answer).build();
    }

    private OffsetCommitted committed(String topic, TxnOffsetCommitRequestPartition partition, long nowMs) {
        String metadata = partition.committedMetadata() == null ? "" : partition.committedMetadata();
        CommittedOffset offset = new CommittedOffset(
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                metadata,
                nowMs,
                CommittedOffset.NEVER_EXPIRES,
                topicIds.getOrDefault(topic, Uuid.ZERO_UUID));
        return new OffsetCommitted(
                request.groupId(),
                new TopicPartition(topic, partition.partitionIndex()),
                offset,
                new ShardRecord.Producer(request.producerId(), request.producerEpoch()));
    }

    private Errors check(Groups groups) {
        if (request.groupId().isEmpty()) {
            return Errors.INVALID_GROUP_ID;
        }
        Group group = groups.get(request.groupId());
        int generation = request.generationId();
        if (group == null) {
            return generation < 0 ? Errors.NONE : Errors.ILLEGAL_GENERATION;
        }
        return group.checkTransactionalCommit(
                new CommitClaim(request.memberId(), request.groupInstanceId(), generation, this::partitions));
    }

    private List<PartitionId> partitions() {
        List<PartitionId> partitions = new ArrayList<>();
        for (TxnOffsetCommitRequestTopic topic : request.topics()) {
            Uuid topicId = topicIds.getOrDefault(topic.name(), Uuid.ZERO_UUID);
            topic.partitions()
                    .forEach(partition -> partitions.add(new PartitionId(topicId, partition.partitionIndex())));
        }
        return partitions;
    }
}
