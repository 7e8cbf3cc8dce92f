package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;
import org.apache.kafka.common.protocol.Errors;

/** What is known of groups of the consumer protocol? */
public record DescribeConsumerGroups(List<String> groupIds, Ticket<List<DescribedGroup>> ticket)
        implements GroupCommand {

    /** From version 1 of the answer on: how a member speaks (KIP-1099). */
    private static final byte CLASSIC_MEMBER = 0;

    private static final byte CONSUMER_MEMBER = 1;

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        return Decision.answer(
                ticket,
                groupIds.stream()
                        .map(groupId -> describe(groups, groupId, config))
                        .toList());
    }

    private static DescribedGroup describe(Groups groups, String groupId, GroupConfig config) {
        ConsumerGroup group = groups.get(groupId, ConsumerGroup.class);
        DescribedGroup answer = new DescribedGroup().setGroupId(groupId);
        if (groupId.isEmpty()) {
            return answer.setErrorCode(Errors.INVALID_GROUP_ID.code());
        }
        if (group == null) {
            return answer.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                    .setErrorMessage(
                            groups.get(groupId) == null
                                    ? "Group " + groupId + " not found."
                                    : "Group " + groupId + " is not a consumer group.");
        }
        for (ConsumerMember member : group.members()) {
            answer.members().add(describe(group, member, groups.topics()));
        }
        return answer.setGroupState(group.state())
                .setGroupEpoch(group.epoch())
                .setAssignmentEpoch(group.targetEpoch())
                .setAssignorName(
                        TargetAssignment.assignor(group, config.consumer()).name());
    }

    private static org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member describe(
            ConsumerGroup group, ConsumerMember member, ClusterTopics topics) {
        CurrentAssignment current = group.current(member.id());
        SortedSet<PartitionId> target = group.target(member.id());
        // What the member was told to give up it may have still.
        SortedSet<PartitionId> assigned = new TreeSet<>(current.assigned().keySet());
        assigned.addAll(current.pendingRevocation().keySet());
        return new org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member()
                .setMemberId(member.id())
                .setInstanceId(member.instanceId())
                .setRackId(member.rackId())
                .setMemberEpoch(current.memberEpoch())
                .setClientId(member.identity().clientId())
                .setClientHost(member.identity().clientHost())
                .setSubscribedTopicNames(List.copyOf(member.topics()))
                .setSubscribedTopicRegex(member.topicRegex())
                .setAssignment(assignment(assigned, topics))
                .setTargetAssignment(assignment(target == null ? List.of() : target, topics))
                .setMemberType(member.isClassic() ? CLASSIC_MEMBER : CONSUMER_MEMBER);
    }

    /** Topics that are gone have no name to be told by. */
    private static Assignment assignment(Collection<PartitionId> assigned, ClusterTopics topics) {
        Assignment assignment = new Assignment();
        PartitionId.byTopic(assigned).forEach((topicId, partitions) -> {
            ClusterTopics.Topic topic = topics.withId(topicId);
            if (topic != null) {
                assignment
                        .topicPartitions()
                        .add(new TopicPartitions()
                                .setTopicId(topicId)
                                .setTopicName(topic.name())
                                .setPartitions(new ArrayList<>(partitions.stream()
                                        .map(PartitionId::partition)
                                        .toList())));
            }
        });
        return assignment;
    }
}
