package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Deadline;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Shard;
import dev.millrace.broker.machine.TimerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
        this.groups = new Groups(topics);
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
        for (Group group : groups.all()) {
            if (group instanceof ClassicGroup classic) {
                resume(classic, nowMs, timers);
            } else if (group instanceof ConsumerGroup consumer) {
                resume(consumer, nowMs, timers);
            }
        }
        timers.add(new TimerChange.Schedule(new ExpireOffsets(), nowMs + config.offsetsRetentionCheckIntervalMs()));
        return timers;
    }

    private void resume(ClassicGroup group, long nowMs, List<TimerChange> timers) {
        for (Member member : group.members()) {
            long deadlineMs =
                    Deadline.after(nowMs, member.timeouts().sessionMs()).atMs();
            timers.add(new TimerChange.Schedule(new ExpireSession(group.id(), member.id()), deadlineMs));
        }
        if (group.size() > config.maxSize()) {
            timers.add(new TimerChange.Schedule(new ShrinkGroup(group.id()), nowMs));
        }
    }

    /** A member that was giving up partitions gets all of its time for that again, too. */
    private void resume(ConsumerGroup group, long nowMs, List<TimerChange> timers) {
        Map<String, String> configs = groups.topics().groupConfigs(group.id());
        for (ConsumerMember member : group.members()) {
            ConsumerMember.Classic classic = member.classic();
            int sessionMs = classic == null ? config.consumer().sessionTimeoutMs(configs) : classic.sessionTimeoutMs();
            timers.add(new TimerChange.Schedule(
                    new ExpireConsumerSession(group.id(), member.id()),
                    Deadline.after(nowMs, sessionMs).atMs()));
            boolean revokes = group.current(member.id()).state() == CurrentAssignment.State.UNREVOKED_PARTITIONS;
            if (revokes && classic == null) {
                timers.add(new TimerChange.Schedule(
                        new ExpireRevocation(group.id(), member.id()),
                        Deadline.after(nowMs, member.rebalanceTimeoutMs()).atMs()));
            }
        }
    }

    Groups groups() {
        return groups;
    }
}
