package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.classic.ClassicGroup;
import dev.millrace.broker.coordinator.group.offset.ExpireOffsets;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Shard;
import dev.millrace.broker.machine.TimerChange;
import java.util.ArrayList;
import java.util.List;

/**
 * The groups whose ids hash to one partition of {@code __consumer_offsets}: the coordinator of the classic and the
 * consumer protocol, and of committed offsets.
 *
 * <p>What must survive is in the log: the generations that groups agreed on, and the offsets. Members on their way into a
 * generation, and the requests that wait for it, live in memory; when the shard moves, its host fails those requests, and
 * the clients join again.
 */
public final class GroupShard implements Shard<GroupCommand, GroupEvent> {

    private final GroupConfig config;
    private final Groups groups;

    /** @param topics read by decisions, never by events */
    public GroupShard(GroupConfig config, ClusterTopics topics) {
        this.config = config;
        this.groups = new Groups(topics, ClassicGroup::new);
    }

    @Override
    public Decision<GroupEvent> decide(GroupCommand command, long nowMs) {
        return command.decide(groups, config, nowMs);
    }

    @Override
    public void apply(GroupEvent event) {
        event.applyTo(groups);
    }

    /** Every member gets a full session to be heard of. */
    @Override
    public List<TimerChange> onLoaded(long nowMs) {
        List<TimerChange> timers = new ArrayList<>();
        groups.all().forEach(group -> timers.addAll(group.onLoaded(groups.topics(), config, nowMs)));
        timers.add(new TimerChange.Schedule(new ExpireOffsets(), nowMs + config.offsetsRetentionCheckIntervalMs()));
        return timers;
    }

    Groups groups() {
        return groups;
    }
}
