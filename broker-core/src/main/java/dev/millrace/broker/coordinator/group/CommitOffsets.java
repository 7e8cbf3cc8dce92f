package dev.millrace.broker.coordinator.group;

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
        ClassicGroup group = groups.classicGroup(request.groupId());
        Member member = group == null ? null : group.member(request.memberId());
        if (group != null && member != null && !group.isCompleting()) {
            decision.schedule(
                    new ExpireSession(group.id(), member.id()),
                    nowMs + member.timeouts().sessionMs());
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
        ConsumerGroup consumerGroup = groups.consumerGroup(request.groupId());
        if (consumerGroup != null) {
            return new CommitFence(
                            consumerGroup,
                            request.memberId(),
                            request.groupInstanceId(),
                            request.generationIdOrMemberEpoch())
                    .check(this::partitions, version);
        }
        ClassicGroup group = groups.classicGroup(request.groupId());
        int generation = request.generationIdOrMemberEpoch();
        if (group == null && generation >= 0) {
            // Clients learned of this error together with the consumer protocol (KIP-848).
            return version >= 9 ? Errors.GROUP_ID_NOT_FOUND : Errors.ILLEGAL_GENERATION;
        }
        if (group == null || (generation < 0 && group.isEmpty())) {
            return Errors.NONE;
        }
        boolean claimsMembership =
                generation >= 0 || !request.memberId().isEmpty() || request.groupInstanceId() != null;
        if (!claimsMembership) {
            return group.isEmpty() ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
        }
        Errors error = Membership.check(group, request.memberId(), request.groupInstanceId(), generation);
        return error == Errors.NONE && group.isCompleting() ? Errors.REBALANCE_IN_PROGRESS : error;
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
