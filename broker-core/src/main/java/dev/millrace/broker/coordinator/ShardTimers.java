package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.TimerChange;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The pending timers of one shard. On the partition's loop only. */
final class ShardTimers {

    private final Loop loop;
    private final Consumer<Object> onDue;
    private final Map<Object, Loop.Timer> pending = new HashMap<>();

    /** @param onDue receives the command of a timer that is due */
    ShardTimers(Loop loop, Consumer<Object> onDue) {
        this.loop = loop;
        this.onDue = onDue;
    }

    void change(TimerChange change) {
        if (change instanceof TimerChange.Schedule schedule) {
            schedule(schedule.command(), schedule.deadlineMs());
        } else if (change instanceof TimerChange.Cancel cancel) {
            cancel(cancel.command());
        }
    }

    /** As {@link TimerChange.Schedule}, but leaves a pending timer of an equal command as it is. */
    void scheduleIfAbsent(Object command, long deadlineMs) {
        if (!pending.containsKey(command)) {
            schedule(command, deadlineMs);
        }
    }

    void cancelAll() {
        pending.values().forEach(Loop.Timer::cancel);
        pending.clear();
    }

    private void schedule(Object command, long deadlineMs) {
        cancel(command);
        Loop.Timer timer = loop.schedule(deadlineMs, () -> {
            pending.remove(command);
            onDue.accept(command);
        });
        pending.put(command, timer);
    }

    private void cancel(Object command) {
        Loop.Timer timer = pending.remove(command);
        if (timer != null) {
            timer.cancel();
        }
    }
}
