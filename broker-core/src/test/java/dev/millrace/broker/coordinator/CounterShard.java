package dev.millrace.broker.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Effect;
import dev.millrace.broker.machine.EventCodec;
import dev.millrace.broker.machine.Shard;
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.machine.TimerChange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The least machine that uses all that a host offers: it adds up numbers, some of them in transactions. */
final class CounterShard implements Shard<CounterShard.Command, CounterShard.Event> {

    sealed interface Command {}

    record Add(Ticket<Long> ticket, int amount) implements Command {}

    /** The answer is held in the shard until somebody adds. */
    record Await(Ticket<Long> ticket) implements Command {}

    record Read(Ticket<Long> ticket) implements Command {}

    record AddAt(Ticket<Long> ticket, int amount, long atMs) implements Command {}

    record AddNow(int amount) implements Command {}

    record CancelAdd(Ticket<Long> ticket, int amount) implements Command {}

    record AddInTransaction(Ticket<Long> ticket, int amount, ShardRecord.Producer producer) implements Command {}

    record AddBoth(Ticket<Long> ticket, int amount, ShardRecord.Producer producer) implements Command {}

    record Cause(Ticket<Long> ticket, String what) implements Command {}

    record FailToDecide(Ticket<Long> ticket) implements Command {}

    record FailToApply(Ticket<Long> ticket) implements Command {}

    sealed interface Event {}

    record Added(int amount, ShardRecord.Producer producer) implements Event {}

    record Ended(ShardRecord.Producer producer, boolean committed) implements Event {}

    /** In memory only. */
    record Waiting(Ticket<Long> ticket) implements Event {}

    record Bug() implements Event {}

    record Caused(String what) implements Effect {}

    static final class Codec implements EventCodec<Event> {
        @Override
        public ShardRecord encode(Event event) {
            return event instanceof Added added
                    ? new ShardRecord("add".getBytes(UTF_8), new byte[] {(byte) added.amount()}, added.producer())
                    : null;
        }

        @Override
        public Event decode(ByteBuffer key, ByteBuffer value, ShardRecord.Producer producer) {
            return UTF_8.decode(key).toString().equals("add") ? new Added(value.get(), producer) : null;
        }

        @Override
        public Event transactionEnded(ShardRecord.Producer producer, boolean committed) {
            return new Ended(producer, committed);
        }
    }

    final int leaderEpoch;
    private long sum;
    private final List<Added> uncommitted = new ArrayList<>();
    private final List<Ticket<Long>> waiting = new ArrayList<>();

    CounterShard(int leaderEpoch) {
        this.leaderEpoch = leaderEpoch;
    }

    @Override
    public Decision<Event> decide(Command command, long nowMs) {
        Decision.Builder<Event> decision = Decision.builder();
        if (command instanceof Add add) {
            long after = sum + add.amount();
            waiting.forEach(ticket -> decision.answer(ticket, after));
            return decision.event(new Added(add.amount(), null))
                    .answer(add.ticket(), after)
                    .build();
        } else if (command instanceof Await await) {
            return decision.event(new Waiting(await.ticket())).build();
        } else if (command instanceof Read read) {
            return Decision.answer(read.ticket(), sum);
        } else if (command instanceof AddAt at) {
            return decision.schedule(new AddNow(at.amount()), at.atMs())
                    .answer(at.ticket(), sum)
                    .build();
        } else if (command instanceof AddNow now) {
            return decision.event(new Added(now.amount(), null)).build();
        } else if (command instanceof CancelAdd cancel) {
            return decision.cancel(new AddNow(cancel.amount()))
                    .answer(cancel.ticket(), sum)
                    .build();
        } else if (command instanceof AddInTransaction add) {
            return decision.event(new Added(add.amount(), add.producer()))
                    .answer(add.ticket(), sum)
                    .build();
        } else if (command instanceof AddBoth add) {
            return decision.event(new Added(add.amount(), null))
                    .event(new Added(add.amount(), add.producer()))
                    .event(new Added(add.amount(), add.producer()))
                    .answer(add.ticket(), sum)
                    .build();
        } else if (command instanceof Cause cause) {
            return decision.event(new Added(1, null))
                    .effect(new Caused(cause.what()))
                    .answer(cause.ticket(), sum)
                    .build();
        } else if (command instanceof FailToApply fail) {
            return decision.event(new Bug()).answer(fail.ticket(), sum).build();
        }
        throw new IllegalStateException("a defect");
    }

    @Override
    public void apply(Event event) {
        if (event instanceof Added added && added.producer() == null) {
            sum += added.amount();
            waiting.clear();
        } else if (event instanceof Added added) {
            uncommitted.add(added);
        } else if (event instanceof Ended ended) {
            for (Added added : List.copyOf(uncommitted)) {
                if (added.producer().equals(ended.producer())) {
                    uncommitted.remove(added);
                    sum += ended.committed() ? added.amount() : 0;
                }
            }
        } else if (event instanceof Waiting waiter) {
            waiting.add(waiter.ticket());
        } else {
            throw new IllegalStateException("a defect");
        }
    }

    /** Whoever finds a hundred adds one more a second later. */
    @Override
    public List<TimerChange> onLoaded(long nowMs) {
        return sum >= 100 ? List.of(new TimerChange.Schedule(new AddNow(1), nowMs + 1000)) : List.of();
    }
}
