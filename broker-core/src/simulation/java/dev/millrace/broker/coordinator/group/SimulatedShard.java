package dev.millrace.broker.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.machine.Answer;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.machine.TimerChange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.errors.NotCoordinatorException;

/** Hosts one shard in virtual time, with a log in memory, and lets it move to another host. */
final class SimulatedShard {

    private final GroupConfig config;
    private final ClusterTopics topics;
    private final GroupEventCodec codec = new GroupEventCodec();
    private final List<ShardRecord> log = new ArrayList<>();
    private final Map<Object, Long> timers = new LinkedHashMap<>();
    private final Set<SimulatedTicket<?>> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final StringBuilder trace = new StringBuilder();
    private GroupShard shard;
    private long nowMs = 1_000_000;

    SimulatedShard(GroupConfig config, ClusterTopics topics) {
        this.config = config;
        this.topics = topics;
        shard = new GroupShard(config, topics);
        take(shard.onLoaded(nowMs));
    }

    Groups groups() {
        return shard.groups();
    }

    long nowMs() {
        return nowMs;
    }

    Map<Object, Long> timers() {
        return timers;
    }

    /** What happened, in words: the same for the same seed. */
    String trace() {
        return trace.toString();
    }

    void say(String what) {
        trace.append(nowMs).append(' ').append(what).append('\n');
    }

    <R> SimulatedTicket<R> submit(String what, Function<Ticket<R>, GroupCommand> command, Consumer<R> onAnswer) {
        SimulatedTicket<R> ticket = new SimulatedTicket<>(onAnswer);
        open.add(ticket);
        tell(what, command.apply(ticket));
        return ticket;
    }

    /** A command that nobody waits for. */
    void tell(String what, GroupCommand command) {
        Decision<GroupEvent> decision = shard.decide(command, nowMs);
        assertThat(shard.decide(command, nowMs)).as("decided again").isEqualTo(decision);
        for (GroupEvent event : decision.events()) {
            ShardRecord record = codec.encode(event);
            if (record != null) {
                log.add(record);
            }
            shard.apply(event);
        }
        say(what + ": "
                + decision.events().stream()
                        .map(event -> event.getClass().getSimpleName())
                        .toList()
                + " "
                + decision.answers().stream()
                        .map(answer -> answer.value().toString())
                        .toList());
        take(decision.timers());
        decision.answers().forEach(SimulatedShard::deliver);
        open.removeIf(ticket -> !ticket.isOpen());
    }

    private static <R> void deliver(Answer<R> answer) {
        answer.ticket().answer(answer.value());
    }

    private void take(List<TimerChange> changes) {
        for (TimerChange change : changes) {
            if (change instanceof TimerChange.Schedule schedule) {
                timers.put(schedule.command(), schedule.deadlineMs());
            } else if (change instanceof TimerChange.Cancel cancel) {
                timers.remove(cancel.command());
            }
        }
    }

    /** Fires what becomes due. */
    void pass(long durationMs) {
        long untilMs = nowMs + durationMs;
        for (Optional<Map.Entry<Object, Long>> due = due(untilMs); due.isPresent(); due = due(untilMs)) {
            GroupCommand command = (GroupCommand) due.get().getKey();
            nowMs = Math.max(nowMs, due.get().getValue());
            timers.remove(command);
            tell(command.toString(), command);
        }
        nowMs = untilMs;
    }

    private Optional<Map.Entry<Object, Long>> due(long untilMs) {
        return timers.entrySet().stream()
                .filter(timer -> timer.getValue() <= untilMs)
                .min(Comparator.comparingLong(Map.Entry::getValue));
    }

    /** The host fails what is open; another one reads the log. */
    void move() {
        say("the shard moves");
        for (SimulatedTicket<?> ticket : List.copyOf(open)) {
            ticket.fail(new NotCoordinatorException("moved"));
        }
        open.clear();
        shard = replayed(log);
        timers.clear();
        take(shard.onLoaded(nowMs));
    }

    /** What another host makes of the whole log, and of what the log cleaner leaves of it. */
    List<Groups> reread() {
        List<ShardRecord> compacted = new ArrayList<>();
        Set<Bytes> seen = new HashSet<>();
        for (int i = log.size() - 1; i >= 0; i--) {
            if (seen.add(new Bytes(log.get(i).key()))) {
                compacted.add(log.get(i));
            }
        }
        Collections.reverse(compacted);
        return List.of(replayed(log).groups(), replayed(compacted).groups());
    }

    private GroupShard replayed(List<ShardRecord> records) {
        GroupShard replayed = new GroupShard(config, topics);
        for (ShardRecord record : records) {
            ByteBuffer value = record.value() == null ? null : ByteBuffer.wrap(record.value());
            replayed.apply(Objects.requireNonNull(codec.decode(ByteBuffer.wrap(record.key()), value, null)));
        }
        return replayed;
    }
}
