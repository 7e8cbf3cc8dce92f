package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.machine.TimerChange;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which commands are due when: what a host keeps of the timers that decisions set. */
final class CommandTimers {

    /** Something that was to happen then. */
    record Due(GroupCommand command, long deadlineMs) {}

    private final Map<Object, Long> deadlines = new LinkedHashMap<>();

    /** By command, in milliseconds. */
    Map<Object, Long> deadlines() {
        return deadlines;
    }

    void take(List<TimerChange> changes) {
        for (TimerChange change : changes) {
            if (change instanceof TimerChange.Schedule schedule) {
                deadlines.put(schedule.command(), schedule.deadlineMs());
            } else if (change instanceof TimerChange.Cancel cancel) {
                deadlines.remove(cancel.command());
            }
        }
    }

    /** The first that is due until then, and no longer is. */
    Optional<Due> next(long untilMs) {
        Optional<Due> first = deadlines.entrySet().stream()
                .filter(timer -> timer.getValue() <= untilMs)
                .min(Comparator.comparingLong(Map.Entry::getValue))
                .map(timer -> new Due((GroupCommand) timer.getKey(), timer.getValue()));
        first.ifPresent(due -> deadlines.remove(due.command()));
        return first;
    }

    void clear() {
        deadlines.clear();
    }
}
