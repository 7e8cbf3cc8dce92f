package dev.millrace.broker.coordinator.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.offset.TransactionEnded;
import dev.millrace.broker.coordinator.group.record.Bytes;
import dev.millrace.broker.machine.Answer;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.simulation.RecordedTicket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.common.errors.NotCoordinatorException;

/** Hosts one shard in virtual time, with a log in memory, and lets it move to another host. */
public final class SimulatedShard {

    /** Strongly held, so that its level stays: hundreds of rebalances are not worth a line each. */
    private static final Logger QUIET = Logger.getLogger("dev.millrace.broker.coordinator.group");

    static {
        QUIET.setLevel(Level.SEVERE);
    }

    /** A record of the log, or a control record: then without a key. */
    private record Entry(ShardRecord record, GroupEvent event) {}

    private final GroupConfig config;
    private final ClusterTopics topics;
    private final GroupEventCodec codec = new GroupEventCodec();
    private final List<Entry> log = new ArrayList<>();
    private final CommandTimers timers = new CommandTimers();
    private final Set<RecordedTicket<?>> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final StringBuilder trace = new StringBuilder();
    private GroupShard shard;
    private long nowMs = 1_000_000;

    public SimulatedShard(GroupConfig config, ClusterTopics topics) {
        this.config = config;
        this.topics = topics;
        shard = new GroupShard(config, topics);
        timers.take(shard.onLoaded(nowMs));
    }

    public Groups groups() {
        return shard.groups();
    }

    public long nowMs() {
        return nowMs;
    }

    public Map<Object, Long> timers() {
        return timers.deadlines();
    }

    /** What happened, in words: the same for the same seed. */
    public String trace() {
        return trace.toString();
    }

    /** Of the log, in its order. */
    public List<GroupEvent> durableEvents() {
        return log.stream().map(Entry::event).toList();
    }

    public Set<RecordedTicket<?>> openTickets() {
        return open;
    }

    public void say(String what) {
        trace.append(nowMs).append(' ').append(what).append('\n');
    }

    public <R> RecordedTicket<R> submit(String what, Function<Ticket<R>, GroupCommand> command, Consumer<R> onAnswer) {
        RecordedTicket<R> ticket = new RecordedTicket<R>().whenAnswered(onAnswer);
        open.add(ticket);
        tell(what, command.apply(ticket));
        return ticket;
    }

    public <R> RecordedTicket<R> submit(String what, Function<Ticket<R>, GroupCommand> command) {
        return submit(what, command, answer -> {});
    }

    /** The marker of a transaction comes to the log. */
    public void endTransaction(long producerId, boolean committed) {
        say("producer " + producerId + (committed ? " commits" : " aborts"));
        GroupEvent event = codec.transactionEnded(new ShardRecord.Producer(producerId, (short) 0), committed);
        log.add(new Entry(new ShardRecord(new byte[0], null, null), event));
        shard.apply(event);
    }

    /** A command that nobody waits for. */
    public void tell(String what, GroupCommand command) {
        Decision<GroupEvent> decision = shard.decide(command, nowMs);
        assertThat(shard.decide(command, nowMs)).as("decided again").isEqualTo(decision);
        for (GroupEvent event : decision.events()) {
            ShardRecord record = codec.encode(event);
            if (record != null) {
                log.add(new Entry(record, event));
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
        timers.take(decision.timers());
        decision.answers().forEach(SimulatedShard::deliver);
        open.removeIf(ticket -> !ticket.isOpen());
    }

    private static <R> void deliver(Answer<R> answer) {
        answer.ticket().answer(answer.value());
    }

    /** Fires what becomes due. */
    public void pass(long durationMs) {
        long untilMs = nowMs + durationMs;
        for (Optional<CommandTimers.Due> due = timers.next(untilMs); due.isPresent(); due = timers.next(untilMs)) {
            GroupCommand command = due.get().command();
            nowMs = Math.max(nowMs, due.get().deadlineMs());
            tell(command.toString(), command);
        }
        nowMs = untilMs;
    }

    /** The host fails what is open; another one reads the log. */
    public void move() {
        say("the shard moves");
        for (RecordedTicket<?> ticket : List.copyOf(open)) {
            ticket.fail(new NotCoordinatorException("moved"));
        }
        open.clear();
        shard = replayed(log);
        timers.clear();
        timers.take(shard.onLoaded(nowMs));
    }

    /** What another host makes of the whole log. */
    public Groups reread() {
        return replayed(log).groups();
    }

    /** What another host makes of what the log cleaner leaves of the log. */
    public Groups rereadCompacted() {
        return replayed(compacted()).groups();
    }

    private GroupShard replayed(List<Entry> entries) {
        GroupShard replayed = new GroupShard(config, topics);
        for (Entry entry : entries) {
            ShardRecord record = entry.record();
            ByteBuffer value = record.value() == null ? null : ByteBuffer.wrap(record.value());
            replayed.apply(
                    record.key().length == 0
                            ? entry.event()
                            : Objects.requireNonNull(
                                    codec.decode(ByteBuffer.wrap(record.key()), value, record.producer())));
        }
        return replayed;
    }

    /** Of every key the last record that counts, and those of which that is not known yet. */
    private List<Entry> compacted() {
        List<Entry> kept = new ArrayList<>();
        Set<Bytes> seen = new HashSet<>();
        Map<Long, Boolean> outcomes = new HashMap<>();
        for (int i = log.size() - 1; i >= 0; i--) {
            Entry entry = log.get(i);
            ShardRecord.Producer producer = entry.record().producer();
            if (entry.event() instanceof TransactionEnded ended) {
                outcomes.put(ended.producerId(), ended.committed());
                kept.add(entry);
            } else if (producer != null && !outcomes.containsKey(producer.id())) {
                kept.add(entry);
            } else if ((producer == null || outcomes.get(producer.id()))
                    && seen.add(new Bytes(entry.record().key()))) {
                kept.add(entry);
            }
        }
        Collections.reverse(kept);
        return kept;
    }
}
