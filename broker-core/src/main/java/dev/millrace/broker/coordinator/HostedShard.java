package dev.millrace.broker.coordinator;

import dev.millrace.broker.log.ReplayedBatch;
import dev.millrace.broker.machine.EventCodec;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.Shard;
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.machine.Ticket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.kafka.common.errors.ApiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard over one term of leadership: loads it, runs it, loads it again when memory and log may disagree, and lets go of it
 * with every open ticket. All state is the partition loop's own; {@link #submit} posts to it from anywhere.
 *
 * <pre>
 *   Loading ──replayed──▶ Running
 *      ▲ ▲───────────────────┤ an append failed
 *      └─ retried            ▼
 *                         Stopped, from either, when the leadership ends
 * </pre>
 */
final class HostedShard<C, E> {

    /** A shard whose log could not be read, or written to, is loaded again after this long. */
    static final long LOAD_RETRY_MS = 1000;

    private static final Logger log = LoggerFactory.getLogger(HostedShard.class);

    private sealed interface Phase<C, E> {
        /** @param ended transactions that ended while the log was being read, in order */
        record Loading<C, E>(List<E> ended) implements Phase<C, E> {}

        record Running<C, E>(RunningShard<C, E> shard) implements Phase<C, E> {}

        record Stopped<C, E>() implements Phase<C, E> {}
    }

    private final ShardPartition partition;
    private final ShardFactory<C, E> factory;
    private final EventCodec<E> codec;
    private final EffectPerformer<C> performer;
    private final Executor diskPool;
    private final OpenTickets tickets = new OpenTickets();
    private Phase<C, E> phase = new Phase.Stopped<>();

    HostedShard(
            ShardPartition partition,
            ShardFactory<C, E> factory,
            EventCodec<E> codec,
            EffectPerformer<C> performer,
            Executor diskPool) {
        this.partition = partition;
        this.factory = factory;
        this.codec = codec;
        this.performer = performer;
        this.diskPool = diskPool;
    }

    int partition() {
        return partition.partition();
    }

    /** Any thread. */
    <R> void submit(Ticket<R> ticket, Function<Ticket<R>, C> command) {
        loop().execute(() -> {
            if (phase instanceof Phase.Running<C, E> running) {
                OpenTicket<R> open = tickets.open(ticket);
                running.shard().decide(command.apply(open), open);
            } else {
                ticket.fail(refusal());
            }
        });
    }

    /** Any thread. */
    void tell(C command) {
        loop().execute(() -> {
            if (phase instanceof Phase.Running<C, E> running) {
                running.shard().decide(command, null);
            }
        });
    }

    private ApiException refusal() {
        return phase instanceof Phase.Loading ? CoordinatorErrors.loading() : CoordinatorErrors.notCoordinator();
    }

    void onHighWatermark() {
        if (phase instanceof Phase.Running<C, E> running) {
            running.shard().onHighWatermark();
        }
    }

    void onTransactionEnded(ShardRecord.Producer producer, boolean committed) {
        E event = codec.transactionEnded(producer, committed);
        if (event == null) {
            return;
        }
        if (phase instanceof Phase.Running<C, E> running) {
            running.shard().apply(event);
        } else if (phase instanceof Phase.Loading<C, E> loading) {
            loading.ended().add(event);
        }
    }

    void stop() {
        if (phase instanceof Phase.Running<C, E> running) {
            running.shard().stop();
        }
        phase = new Phase.Stopped<>();
        tickets.failAll(CoordinatorErrors.notCoordinator());
    }

    void load() {
        Phase.Loading<C, E> loading = new Phase.Loading<>(new ArrayList<>());
        phase = loading;
        Shard<C, E> shard = factory.create(partition(), partition.leaderEpoch());
        long endOffset = partition.logEndOffset();
        if (endOffset == 0) {
            // A topic that has just been created: there is nothing to read, and clients wait.
            run(shard);
            return;
        }
        diskPool.execute(() -> {
            try {
                replay(shard, endOffset);
                loop().execute(() -> onReplayed(shard, loading));
            } catch (IOException | RuntimeException failure) {
                loop().execute(() -> onLoadFailed(loading, failure));
            }
        });
    }

    /** Stops at {@code endOffset}: what is appended meanwhile comes by {@link #onTransactionEnded}. */
    private void replay(Shard<C, E> shard, long endOffset) throws IOException {
        partition.replay(batch -> {
            if (batch.baseOffset() < endOffset) {
                replay(shard, batch);
            }
        });
    }

    private void replay(Shard<C, E> shard, ReplayedBatch batch) {
        ShardRecord.Producer producer = new ShardRecord.Producer(batch.producerId(), batch.producerEpoch());
        if (batch.marker() != null) {
            E ended = codec.transactionEnded(producer, batch.marker() == ReplayedBatch.Marker.COMMIT);
            if (ended != null) {
                shard.apply(ended);
            }
            return;
        }
        for (ReplayedBatch.KeyValue record : batch.records()) {
            if (record.key() == null) {
                continue;
            }
            E event = codec.decode(record.key(), record.value(), batch.transactional() ? producer : null);
            if (event != null) {
                shard.apply(event);
            }
        }
    }

    private void onReplayed(Shard<C, E> shard, Phase.Loading<C, E> loading) {
        if (phase == loading) {
            loading.ended().forEach(shard::apply);
            run(shard);
        }
    }

    private void run(Shard<C, E> shard) {
        RunningShard<C, E> running = new RunningShard<>(partition, shard, codec, performer, this::onBroken);
        phase = new Phase.Running<>(running);
        running.start();
    }

    private void onLoadFailed(Phase.Loading<C, E> loading, Throwable failure) {
        if (phase == loading) {
            report("shard can't be loaded", failure);
            loadLater(loading);
        }
    }

    private void onBroken(Throwable failure) {
        if (phase instanceof Phase.Running) {
            report("shard is loaded again", failure);
            stop();
            Phase.Loading<C, E> waiting = new Phase.Loading<>(new ArrayList<>());
            phase = waiting;
            loadLater(waiting);
        }
    }

    /** Not at once: what failed may fail again, and each time everything is read. */
    private void loadLater(Phase.Loading<C, E> waiting) {
        loop().schedule(loop().nowMs() + LOAD_RETRY_MS, () -> {
            if (phase == waiting) {
                load();
            }
        });
    }

    private void report(String what, Throwable failure) {
        log.error(
                "{} topic={} partition={} epoch={} error={}",
                what,
                partition.topic(),
                partition(),
                partition.leaderEpoch(),
                failure.toString());
        log.debug("{} topic={} partition={}", what, partition.topic(), partition(), failure);
    }

    private Loop loop() {
        return partition.loop();
    }
}
