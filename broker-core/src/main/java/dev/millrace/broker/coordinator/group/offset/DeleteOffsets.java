package dev.millrace.broker.coordinator.group.offset;

import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** An operator deletes offsets of topics that the group does not read any more (KIP-496). */
public record DeleteOffsets(OffsetDeleteRequestData request, Ticket<OffsetDeleteResponseData> ticket)
        implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        Group group = groups.get(request.groupId());
        Errors error = check(group);
        if (group == null || error != Errors.NONE) {
            return Decision.answer(ticket, new OffsetDeleteResponseData().setErrorCode(error.code()));
        }
        Decision.Builder<GroupEvent> decision = Decision.builder();
        OffsetDeleteResponseData answer = new OffsetDeleteResponseData();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            boolean subscribed = group.isSubscribedTo(topic.name());
            OffsetDeleteResponseTopic topicAnswer = new OffsetDeleteResponseTopic().setName(topic.name());
            for (OffsetDeleteRequestPartition requested : topic.partitions()) {
                TopicPartition partition = new TopicPartition(topic.name(), requested.partitionIndex());
                if (!subscribed && groups.offsets().has(group.id(), partition)) {
                    decision.event(new OffsetForgotten(group.id(), partition));
                }
                topicAnswer
                        .partitions()
                        .add(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(requested.partitionIndex())
                                .setErrorCode((subscribed ? Errors.GROUP_SUBSCRIBED_TO_TOPIC : Errors.NONE).code()));
            }
            answer.topics().add(topicAnswer);
        }
        return decision.answer(ticket, answer).build();
    }

    /** What members of other protocols than the consumers' read, nobody knows. */
    private Errors check(@Nullable Group group) {
        if (request.groupId().isEmpty()) {
            return Errors.INVALID_GROUP_ID;
        }
        if (group == null) {
            return Errors.GROUP_ID_NOT_FOUND;
        }
        return group.isEmpty() || group.knowsSubscriptions() ? Errors.NONE : Errors.NON_EMPTY_GROUP;
    }
}
