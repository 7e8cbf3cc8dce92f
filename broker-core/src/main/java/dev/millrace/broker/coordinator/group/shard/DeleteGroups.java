package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.offset.OffsetForgotten;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.protocol.Errors;

/** An operator deletes groups that nobody is in, and their offsets (KIP-229). */
public record DeleteGroups(Set<String> groupIds, Ticket<List<DeletableGroupResult>> ticket) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        Decision.Builder<GroupEvent> decision = Decision.builder();
        List<DeletableGroupResult> results = groupIds.stream()
                .map(groupId -> new DeletableGroupResult()
                        .setGroupId(groupId)
                        .setErrorCode(delete(groups, groupId, decision).code()))
                .toList();
        return decision.answer(ticket, results).build();
    }

    private static Errors delete(Groups groups, String groupId, Decision.Builder<GroupEvent> decision) {
        Group group = groups.get(groupId);
        if (group == null) {
            return Errors.GROUP_ID_NOT_FOUND;
        }
        if (!group.isEmpty()) {
            return Errors.NON_EMPTY_GROUP;
        }
        groups.offsets()
                .partitions(groupId)
                .forEach(partition -> decision.event(new OffsetForgotten(groupId, partition)));
        group.deletion().forEach(decision::event);
        return Errors.NONE;
    }
}
