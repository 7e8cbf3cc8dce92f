package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Deadline;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Shard;
import dev.millrace.broker.machine.TimerChange;
import java.util.ArrayList;
import java.util.List;

/**
 * The groups whose ids hash to one partition of {@code __consumer_offsets}: the coordinator of the classic protocol, and of
 * committed offsets.
 *
 * <p>What must survive is in the log: the generations that groups agreed on, and the offsets. Members on their way into a
 * generation, and the requests that wait for it, live in memory; when the shard moves, its host fails those requests, and
 * the clients join again.
 */
public final class GroupShard implements Shard<GroupCommand, GroupEvent> {

    private final GroupConfig config;
    private final Groups groups = new Groups();

    public GroupShard(GroupConfig config) {
        this.config = config;
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
        for (ClassicGroup group : groups.all()) {
            for (Member member : group.members()) {
                long deadlineMs =
                        Deadline.after(nowMs, member.timeouts().sessionMs()).atMs();
                timers.add(new TimerChange.Schedule(new ExpireSession(group.id(), member.id()), deadlineMs));
            }
            if (group.size() > config.maxSize()) {
                timers.add(new TimerChange.Schedule(new ShrinkGroup(group.id()), nowMs));
            }
        }
        timers.add(new TimerChange.Schedule(new ExpireOffsets(), nowMs + config.offsetsRetentionCheckIntervalMs()));
        return timers;
    }

    Groups groups() {
        return groups;
    }
}
