package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.coordinator.ShardTerm;
import dev.millrace.broker.machine.Effect;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.simulation.ManualLoop;
import dev.millrace.broker.simulation.RecordedTicket;
import dev.millrace.broker.simulation.SimulatedShardPartition;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * A transaction coordinator on a partition in memory, under virtual time. Markers are kept until the test answers them;
 * producer ids count up from 4000.
 */
final class CoordinatorScene {

    static final int TIMEOUT_MS = 60_000;

    /** A partition that has been told how the transaction that began then has ended. */
    record Marked(String transactionalId, long startedMs, TopicPartition partition) {}

    /** Markers that a shard wants written for the transaction that began then, and where the answer goes. */
    record Delivery(ShardTerm<TransactionCommand> term, WriteMarkers effect, long startedMs, Set<Marked> marked) {

        void answer(Map<TopicPartition, Errors> results) {
            results.forEach((partition, result) -> {
                if (result == Errors.NONE) {
                    marked.add(new Marked(effect.transactionalId(), startedMs, partition));
                }
            });
            term.tell(new MarkersAnswered(effect.transactionalId(), effect.deliveryId(), results));
        }

        void answer(Errors result) {
            Map<TopicPartition, Errors> results = new HashMap<>();
            effect.partitions().forEach(partition -> results.put(partition, result));
            answer(results);
        }
    }

    final ManualLoop loop = new ManualLoop(1_700_000_000_000L);
    final SimulatedShardPartition partition = new SimulatedShardPartition(7, loop);
    final Set<Marked> marked = new HashSet<>();
    final Deque<Delivery> deliveries = new ArrayDeque<>();
    final List<TransactionShard> shards = new ArrayList<>();
    private final ShardHost<TransactionCommand, TransactionEvent> host;
    private short transactionVersion = TransactionVersions.FLEXIBLE_RECORDS;
    private long nextProducerId = 4000;
    private Errors producerIdError = Errors.NONE;
    private Consumer<Delivery> onDelivery = delivery -> {};

    CoordinatorScene() {
        this(TransactionConfig.DEFAULT);
    }

    CoordinatorScene(TransactionConfig config) {
        host = new ShardHost<>(
                "__transaction_state",
                () -> 50,
                (partition, leaderEpoch) -> {
                    shards.add(new TransactionShard(leaderEpoch, config, () -> transactionVersion));
                    return shards.get(shards.size() - 1);
                },
                new TransactionCodec(() -> transactionVersion),
                this::perform,
                Runnable::run);
        host.onElected(partition);
        loop.runAll();
    }

    private void perform(Effect effect, ShardTerm<TransactionCommand> term) {
        if (effect instanceof WriteMarkers markers) {
            long startedMs = state(markers.transactionalId()).startedMs();
            Delivery delivery = new Delivery(term, markers, startedMs, marked);
            deliveries.add(delivery);
            onDelivery.accept(delivery);
        } else if (producerIdError != Errors.NONE) {
            term.tell(new ProducerIdUnavailable(((AllocateProducerId) effect).command(), producerIdError));
        } else {
            term.tell(((AllocateProducerId) effect).command().withNewId(nextProducerId++));
        }
    }

    /** The level of transaction.version, of the cluster and of every client from now on. */
    void upgradeTo(short version) {
        transactionVersion = version;
    }

    /** What clients speak: they know of no level between. */
    private short clientVersion() {
        return transactionVersion >= TransactionVersions.EPOCH_BUMP
                ? TransactionVersions.EPOCH_BUMP
                : TransactionVersions.CLASSIC;
    }

    /** Runs {@code check} when a shard wants markers written. */
    void onDelivery(Consumer<Delivery> check) {
        onDelivery = check;
    }

    /** Answers every request for a producer id with an error from now on. */
    void runOutOfProducerIds(Errors error) {
        producerIdError = error;
    }

    <R> RecordedTicket<R> submit(Function<Ticket<R>, TransactionCommand> command) {
        return submit(new RecordedTicket<>(), command);
    }

    <R> RecordedTicket<R> submit(RecordedTicket<R> ticket, Function<Ticket<R>, TransactionCommand> command) {
        host.submit(partition.partition(), ticket, command);
        loop.runAll();
        return ticket;
    }

    RecordedTicket<InitProducerId.Result> init(String id) {
        return init(id, TIMEOUT_MS, null);
    }

    RecordedTicket<InitProducerId.Result> init(String id, int timeoutMs, ProducerIdAndEpoch expected) {
        return submit(ticket -> InitProducerId.of(ticket, id, timeoutMs, expected));
    }

    /** A producer that has taken over the id. */
    ProducerIdAndEpoch started(String id) {
        return init(id).answer().producer();
    }

    RecordedTicket<Errors> add(String id, ProducerIdAndEpoch producer, TopicPartition... partitions) {
        return submit(ticket -> new AddPartitions(ticket, id, producer, Set.of(partitions), clientVersion()));
    }

    RecordedTicket<Map<TopicPartition, Errors>> verify(
            String id, ProducerIdAndEpoch producer, TopicPartition... partitions) {
        return submit(ticket -> new VerifyPartitions(ticket, id, producer, Set.of(partitions)));
    }

    RecordedTicket<EndTransaction.Result> commit(String id, ProducerIdAndEpoch producer) {
        return submit(ticket -> EndTransaction.of(ticket, id, producer, true, clientVersion()));
    }

    RecordedTicket<EndTransaction.Result> abort(String id, ProducerIdAndEpoch producer) {
        return submit(ticket -> EndTransaction.of(ticket, id, producer, false, clientVersion()));
    }

    DescribeTransactionsResponseData.TransactionState describe(String id) {
        return this.<DescribeTransactionsResponseData.TransactionState>submit(
                        ticket -> new DescribeTransaction(ticket, id))
                .answer();
    }

    TransactionState state(String id) {
        return shards.get(shards.size() - 1).state(id);
    }

    String status(String id) {
        TransactionState state = state(id);
        return state == null ? "none" : state.status().title();
    }

    /** All partitions take what they are told. */
    void deliverAll() {
        while (!deliveries.isEmpty()) {
            deliveries.remove().answer(Errors.NONE);
            loop.runAll();
        }
    }

    /** Loses the leadership; tickets fail. */
    void resign() {
        host.onResigned(partition.partition());
    }

    /** Leads again, in another term, and loads what the log kept. */
    void elect(int epoch) {
        partition.startTerm(epoch);
        host.onElected(partition);
        loop.runAll();
    }

    void reload() {
        deliveries.clear();
        resign();
        elect(partition.leaderEpoch() + 1);
    }

    /** As when the disk fails for a moment: the shard is read again within its term. */
    void breakOneAppend() {
        partition.breakAppends(new IOException("disk full"));
        init("whoever");
        partition.mend();
        loop.advance(2000);
    }

    void commitLog() {
        commitLogTo(partition.logEndOffset());
    }

    void commitLogTo(long offset) {
        partition.commitTo(offset);
        host.onHighWatermark(partition.partition());
        loop.runAll();
    }
}
