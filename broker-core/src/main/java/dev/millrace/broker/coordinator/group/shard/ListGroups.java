package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;

/**
 * Which groups are there?
 *
 * @param states only groups in one of these (KIP-518), in any case; none for all
 * @param types only groups of one of these (KIP-848), in any case; none for all
 */
public record ListGroups(Collection<String> states, Collection<String> types, Ticket<List<ListedGroup>> ticket)
        implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        Set<String> wantedStates = lowerCase(states);
        Set<String> wantedTypes = lowerCase(types);
        List<ListedGroup> listed = groups.all().stream()
                .filter(group -> isWanted(group.type(), wantedTypes) && isWanted(group.state(), wantedStates))
                .map(group -> new ListedGroup()
                        .setGroupId(group.id())
                        .setProtocolType(group.listedProtocolType())
                        .setGroupState(group.state())
                        .setGroupType(group.type()))
                .toList();
        return Decision.answer(ticket, listed);
    }

    private static boolean isWanted(String word, Set<String> wanted) {
        return wanted.isEmpty() || wanted.contains(word.toLowerCase(Locale.ROOT));
    }

    private static Set<String> lowerCase(Collection<String> words) {
        return words.stream().map(word -> word.trim().toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }
}
