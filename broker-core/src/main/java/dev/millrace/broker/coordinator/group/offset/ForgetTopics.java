package dev.millrace.broker.coordinator.group.offset;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** Topics were deleted: nobody is anywhere in them any more. A new topic of the same name keeps its offsets. */
public record ForgetTopics(List<DeletedTopic> topics) implements GroupCommand {

    /** A topic that is gone. */
    public record DeletedTopic(String name, Uuid id) {}

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        Map<String, Set<TopicPartition>> forgotten = new HashMap<>();
        Decision.Builder<GroupEvent> decision = Decision.builder();
        for (DeletedTopic topic : topics) {
            groups.offsets().forEachOfTopic(topic.name(), (groupId, partition, offset) -> {
                if (offset.isOf(topic.id())
                        && forgotten
                                .computeIfAbsent(groupId, id -> new HashSet<>())
                                .add(partition)) {
                    decision.event(new OffsetForgotten(groupId, partition));
                }
            });
        }
        return decision.build();
    }
}
