package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.Answer;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Effect;
import dev.millrace.broker.machine.EventCodec;
import dev.millrace.broker.machine.Shard;
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.machine.TimerChange;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loaded shard at work: decide, append, apply, and once that is committed answer. On the partition's loop only.
 *
 * <p>The append comes before the events are applied, so that a write that was refused leaves the shard as it was and as its
 * log says. Both happen in one turn of the loop; nobody sees the shard in between.
 */
final class RunningShard<C, E> implements ShardTerm<C> {

    /** After this long a command that nobody would repeat (a timer's, an effect's outcome) is decided again. */
    static final long REFUSED_APPEND_RETRY_MS = 500;

    private static final Logger log = LoggerFactory.getLogger(RunningShard.class);

    /** What is released when the high watermark reaches {@code endOffset}. */
    private record Uncommitted(long endOffset, List<Answer<?>> answers, List<Effect> effects) {}

    private final ShardPartition partition;
    private final Shard<C, E> shard;
    private final EventCodec<E> codec;
    private final EffectPerformer<C> performer;
    private final Consumer<Throwable> onBroken;
    private final ShardTimers timers;
    private final ArrayDeque<Uncommitted> uncommitted = new ArrayDeque<>();

    /** What was decided to be decided next. Empty between two turns. */
    private final ArrayDeque<TimerChange.AtOnce> following = new ArrayDeque<>();

    private boolean deciding;
    private boolean stopped;

    /** @param onBroken told when memory and log may no longer agree: this instance is of no use any more */
    RunningShard(
            ShardPartition partition,
            Shard<C, E> shard,
            EventCodec<E> codec,
            EffectPerformer<C> performer,
            Consumer<Throwable> onBroken) {
        this.partition = partition;
        this.shard = shard;
        this.codec = codec;
        this.performer = performer;
        this.onBroken = onBroken;
        this.timers = new ShardTimers(partition.loop(), this::onTimer);
    }

    void start() {
        shard.onLoaded(partition.loop().nowMs()).forEach(timers::change);
    }

    void stop() {
        stopped = true;
        timers.cancelAll();
        uncommitted.clear();
        following.clear();
    }

    @Override
    public int partition() {
        return partition.partition();
    }

    @Override
    public int leaderEpoch() {
        return partition.leaderEpoch();
    }

    @Override
    public void tell(C command) {
        partition.loop().execute(() -> {
            if (!stopped) {
                decide(command, null);
            }
        });
    }

    /** @param ticket who waits for this command; null when nobody does, and so nobody would repeat it */
    void decide(C command, @Nullable Ticket<?> ticket) {
        deciding = true;
        try {
            decideAndAppend(command, ticket);
            for (TimerChange.AtOnce then = following.poll(); then != null; then = following.poll()) {
                decideNext(then);
            }
        } finally {
            deciding = false;
        }
        release();
    }

    @SuppressWarnings("unchecked") // a shard hands on commands of its own
    private void decideNext(TimerChange.AtOnce then) {
        decideAndAppend((C) then.command(), then.ticket());
    }

    /** Something that stands in the log already and was not decided here. */
    void apply(E event) {
        shard.apply(event);
    }

    void onHighWatermark() {
        // An append may move the high watermark from within: what it commits is released when the decision is complete.
        if (!deciding) {
            release();
        }
    }

    private void decideAndAppend(C command, @Nullable Ticket<?> ticket) {
        Decision<E> decision;
        List<ShardRecord> records;
        try {
            decision = shard.decide(command, partition.loop().nowMs());
            records = encode(decision.events());
        } catch (RuntimeException defect) {
            log.error(
                    "command can't be decided topic={} partition={}", partition.topic(), partition.partition(), defect);
            if (ticket != null) {
                ticket.fail(CoordinatorErrors.unknown());
            }
            return;
        }

        long endOffset;
        try {
            endOffset = records.isEmpty() ? partition.logEndOffset() : partition.append(records);
        } catch (ApiException refusal) {
            // The leadership may have ended within the append.
            if (!stopped) {
                onRefused(command, ticket, refusal);
            }
            return;
        } catch (IOException | RuntimeException failure) {
            onBroken.accept(failure);
            return;
        }

        try {
            decision.events().forEach(shard::apply);
        } catch (RuntimeException defect) {
            onBroken.accept(defect);
            return;
        }
        for (TimerChange change : decision.timers()) {
            if (change instanceof TimerChange.AtOnce atOnce) {
                following.add(atOnce);
            } else {
                timers.change(change);
            }
        }
        if (!decision.answers().isEmpty() || !decision.effects().isEmpty()) {
            uncommitted.add(new Uncommitted(endOffset, decision.answers(), decision.effects()));
        }
    }

    private List<ShardRecord> encode(List<E> events) {
        if (events.isEmpty()) {
            return List.of();
        }
        List<ShardRecord> records = new ArrayList<>(events.size());
        for (E event : events) {
            ShardRecord record = codec.encode(event);
            if (record != null) {
                records.add(record);
            }
        }
        return records;
    }

    private void onRefused(C command, @Nullable Ticket<?> ticket, ApiException refusal) {
        log.debug(
                "append refused topic={} partition={} error={}",
                partition.topic(),
                partition.partition(),
                refusal.toString());
        if (ticket != null) {
            ticket.fail(CoordinatorErrors.ofAppend(refusal));
        } else {
            timers.scheduleIfAbsent(command, partition.loop().nowMs() + REFUSED_APPEND_RETRY_MS);
        }
    }

    @SuppressWarnings("unchecked") // a shard schedules commands of its own
    private void onTimer(Object command) {
        decide((C) command, null);
    }

    private void release() {
        long highWatermark = partition.highWatermark();
        for (Uncommitted next = uncommitted.peek();
                next != null && next.endOffset() <= highWatermark;
                next = uncommitted.peek()) {
            uncommitted.remove();
            next.answers().forEach(RunningShard::give);
            next.effects().forEach(effect -> performer.perform(effect, this));
        }
    }

    private static <R> void give(Answer<R> answer) {
        answer.ticket().answer(answer.value());
    }
}
