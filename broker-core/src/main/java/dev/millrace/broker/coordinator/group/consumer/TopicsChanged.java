package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.subscription.ResolvedRegex;
import dev.millrace.broker.coordinator.group.subscription.TopicRegex;
import dev.millrace.broker.machine.Decision;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.errors.InvalidRegularExpression;

/**
 * Topics were created, deleted or got more partitions. Groups that read them look at them again at their next heartbeat;
 * expressions are matched against the changed names only, so that a change costs what it changes.
 *
 * @param names of all topics that have changed
 */
public record TopicsChanged(Set<String> names) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        Decision.Builder<GroupEvent> decision = Decision.builder();
        for (Group group : groups.all()) {
            if (group instanceof ConsumerGroup consumerGroup && !consumerGroup.needsRefresh()) {
                boolean matches = match(consumerGroup, groups.topics(), nowMs, decision);
                if (matches || consumerGroup.subscribedTopics().stream().anyMatch(names::contains)) {
                    decision.event(new RefreshAwaited(group.id(), true));
                }
            }
        }
        return decision.build();
    }

    /** @return whether what expressions match has changed */
    private boolean match(
            ConsumerGroup group, ClusterTopics topics, long nowMs, Decision.Builder<GroupEvent> decision) {
        boolean changed = false;
        for (Map.Entry<String, ResolvedRegex> entry : group.regexes().entrySet()) {
            SortedSet<String> matched =
                    rematched(entry.getKey(), entry.getValue().topics(), topics);
            if (!matched.equals(entry.getValue().topics())) {
                changed = true;
                decision.event(new RegexResolved(
                        group.id(), entry.getKey(), new ResolvedRegex(matched, topics.version(), nowMs)));
            }
        }
        return changed;
    }

    private SortedSet<String> rematched(String expression, SortedSet<String> former, ClusterTopics topics) {
        SortedSet<String> matched = new TreeSet<>(former);
        TopicRegex regex;
        try {
            regex = TopicRegex.compile(expression);
        } catch (InvalidRegularExpression e) {
            // It was taken when there was more stack, or by a version with other bounds; other groups are not to wait
            // for it.
            return matched;
        }
        for (String name : names) {
            if (topics.named(name) == null) {
                matched.remove(name);
            } else if (regex.matches(name)) {
                matched.add(name);
            }
        }
        return matched;
    }
}
