package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.log.ReplayedBatch;
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.simulation.RecordedTicket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.protocol.Errors;

/**
 * Several producers, two for each transactional id, and a coordinator that crashes, loses what was not committed, is refused
 * writes, and hears of its markers late, twice, or that they failed. One seed, one run.
 *
 * <p>What is not simulated is a request of a client that arrives late, after the client has gone on: under transaction
 * versions 0 and 1 such an end may hit the transaction after the one that it was meant for (KAFKA-17754).
 */
final class TransactionSimulation {

    static final int PARTITIONS = 4;
    static final int PRODUCER_TIMEOUT_MS = 5_000;
    private static final int IDS = 3;

    final CoordinatorScene scene = new CoordinatorScene();
    private final Random random;
    private final List<SimulatedProducer> producers = new ArrayList<>();
    private final List<CoordinatorScene.Delivery> seen = new ArrayList<>();
    private final Map<String, ProducerIdAndEpoch> latest = new HashMap<>();
    private final Map<String, Boolean> outcomes = new HashMap<>();
    private final StringBuilder trace = new StringBuilder();
    private long checkedEndOffset;
    private int epoch;
    private boolean held;
    private boolean refusing;

    TransactionSimulation(long seed) {
        random = new Random(seed);
        for (int i = 0; i < 2 * IDS; i++) {
            producers.add(new SimulatedProducer("producer-" + i, "id-" + i % IDS, this));
        }
        scene.onDelivery(this::checkOneOutcome);
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            check();
        }
        settle();
    }

    String trace() {
        return trace.toString();
    }

    void trace(String line) {
        trace.append(scene.loop.nowMs()).append(' ').append(line).append('\n');
    }

    private void step() {
        scene.loop.advance(1 + random.nextInt(20));
        int dice = random.nextInt(100);
        if (dice < 60) {
            producers.get(random.nextInt(producers.size())).act(random);
        } else if (dice < 85) {
            hearOfMarkers();
        } else if (dice < 90) {
            commitSome();
        } else if (dice < 92) {
            held = !held;
            hold(held);
        } else if (dice < 94) {
            refusing = !refusing;
            refuse(refusing);
        } else if (dice < 96) {
            crash();
        } else if (dice < 97) {
            scene.breakOneAppend();
            refuse(refusing);
        } else if (dice < 98) {
            scene.loop.advance(PRODUCER_TIMEOUT_MS);
        } else {
            repeatAnAcknowledgement();
        }
        scene.loop.runAll();
    }

    private void hearOfMarkers() {
        if (scene.deliveries.isEmpty()) {
            return;
        }
        CoordinatorScene.Delivery delivery = takeOne();
        Map<TopicPartition, Errors> results = new HashMap<>();
        boolean partly = random.nextInt(4) == 0;
        for (TopicPartition partition : delivery.effect().partitions()) {
            results.put(partition, partly && random.nextBoolean() ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.NONE);
        }
        trace("markers " + delivery.effect() + " " + results);
        delivery.answer(results);
        seen.add(delivery);
    }

    /** Not always the oldest one. */
    private CoordinatorScene.Delivery takeOne() {
        List<CoordinatorScene.Delivery> waiting = new ArrayList<>(scene.deliveries);
        CoordinatorScene.Delivery delivery = waiting.get(random.nextInt(waiting.size()));
        scene.deliveries.remove(delivery);
        return delivery;
    }

    private void repeatAnAcknowledgement() {
        if (!seen.isEmpty()) {
            seen.get(random.nextInt(seen.size())).answer(random.nextBoolean() ? Errors.NONE : Errors.REQUEST_TIMED_OUT);
        }
    }

    private void hold(boolean hold) {
        if (hold) {
            scene.partition.holdHighWatermark();
        } else {
            scene.partition.releaseHighWatermark();
            scene.commitLog();
        }
    }

    private void refuse(boolean refuse) {
        if (refuse) {
            scene.partition.refuseAppends(new NotEnoughReplicasException("one of two"));
        } else {
            scene.partition.mend();
        }
    }

    private void commitSome() {
        List<Long> ends = uncommittedEnds();
        if (!ends.isEmpty()) {
            scene.commitLogTo(ends.get(random.nextInt(ends.size())));
        }
    }

    private List<Long> uncommittedEnds() {
        return scene.partition.batches().stream()
                .map(batch -> batch.lastOffset() + 1)
                .filter(end -> end > scene.partition.highWatermark())
                .toList();
    }

    /** Another coordinator takes over, with all that was committed and perhaps more. */
    private void crash() {
        scene.resign();
        List<Long> ends = uncommittedEnds();
        if (!ends.isEmpty()) {
            scene.partition.truncateTo(
                    random.nextInt(4) == 0 ? scene.partition.highWatermark() : ends.get(random.nextInt(ends.size())));
        }
        epoch++;
        trace("crash, epoch " + epoch + ", log end " + scene.partition.logEndOffset());
        if (random.nextBoolean()) {
            scene.loop.advance(random.nextInt(2 * PRODUCER_TIMEOUT_MS));
        }
        scene.elect(epoch);
    }

    // What the producers ask

    RecordedTicket<InitProducerId.Result> init(String id, ProducerIdAndEpoch expected) {
        RecordedTicket<InitProducerId.Result> ticket = new RecordedTicket<>();
        ticket.whenAnswered(result -> {
            if (result.error() == Errors.NONE) {
                latest.merge(id, result.producer(), (a, b) -> isOlder(a, b) ? b : a);
            }
        });
        return scene.submit(ticket, t -> InitProducerId.of(t, id, PRODUCER_TIMEOUT_MS, expected));
    }

    RecordedTicket<Errors> add(String id, ProducerIdAndEpoch producer, Set<TopicPartition> partitions) {
        boolean fenced = isFenced(id, producer);
        RecordedTicket<Errors> ticket = new RecordedTicket<>();
        ticket.whenAnswered(error -> refuseFenced(fenced, error, id, producer));
        return scene.submit(ticket, t -> new AddPartitions(t, id, producer, partitions, TransactionVersions.CLASSIC));
    }

    RecordedTicket<EndTransaction.Result> end(String id, ProducerIdAndEpoch producer, boolean committed) {
        boolean fenced = isFenced(id, producer);
        RecordedTicket<EndTransaction.Result> ticket = new RecordedTicket<>();
        ticket.whenAnswered(result -> {
            refuseFenced(fenced, result.error(), id, producer);
            if (result.error() == Errors.NONE) {
                checkEnded(id, producer, committed);
            }
        });
        return scene.submit(ticket, t -> EndTransaction.of(t, id, producer, committed, TransactionVersions.CLASSIC));
    }

    /** Whether somebody was given the id after this producer was. */
    private boolean isFenced(String id, ProducerIdAndEpoch producer) {
        return isOlder(producer, latest.get(id));
    }

    private static boolean isOlder(ProducerIdAndEpoch one, ProducerIdAndEpoch other) {
        return one.id() < other.id() || (one.id() == other.id() && one.epoch() < other.epoch());
    }

    private static void refuseFenced(boolean fenced, Errors answer, String id, ProducerIdAndEpoch producer) {
        if (fenced && answer == Errors.NONE) {
            throw new AssertionError(id + " obeyed the fenced " + producer);
        }
    }

    /** What a client was told stands in the log, below the high watermark. */
    private void checkEnded(String id, ProducerIdAndEpoch producer, boolean committed) {
        TransactionState.Ending last = null;
        for (TransactionState state : histories(scene.partition.highWatermark()).get(id)) {
            if (state instanceof TransactionState.Ending ending
                    && state.producer().idAndEpoch().equals(producer)) {
                last = ending;
            }
        }
        if (last == null || last.committed() != committed) {
            throw new AssertionError(id + " told " + producer + " committed=" + committed + " of " + last);
        }
    }

    // Invariants

    private void check() {
        if (scene.partition.logEndOffset() != checkedEndOffset) {
            checkedEndOffset = scene.partition.logEndOffset();
            Map<String, List<TransactionState>> histories = histories(Long.MAX_VALUE);
            for (int i = 0; i < IDS; i++) {
                checkReplay("id-" + i, histories.getOrDefault("id-" + i, List.of()));
            }
        }
    }

    private void checkOneOutcome(CoordinatorScene.Delivery delivery) {
        WriteMarkers effect = delivery.effect();
        boolean committed = effect.marker().committed();
        Boolean before = outcomes.putIfAbsent(effect.transactionalId() + "@" + delivery.startedMs(), committed);
        if (before != null && before != committed) {
            throw new AssertionError("a transaction that ends both ways: " + effect);
        }
    }

    /** The log says what the shard says, but for what the log does not hold. */
    private void checkReplay(String id, List<TransactionState> history) {
        TransactionState replayed = null;
        for (TransactionState state : history) {
            checkTransition(id, replayed, state);
            checkMarked(id, replayed, state);
            replayed = state;
        }
        TransactionState live = scene.state(id);
        if (!Objects.equals(forgettingLastEpoch(live), replayed)) {
            throw new AssertionError(id + " is " + live + " and replays as " + replayed);
        }
    }

    /** By transactional id: every state that the log holds below {@code endOffset}. */
    private Map<String, List<TransactionState>> histories(long endOffset) {
        TransactionCodec codec = new TransactionCodec(() -> TransactionVersions.FLEXIBLE_RECORDS);
        Map<String, List<TransactionState>> histories = new HashMap<>();
        for (ReplayedBatch batch : scene.partition.batches()) {
            for (ReplayedBatch.KeyValue record : batch.records()) {
                if (record.offset() < endOffset
                        && codec.decode(record.key(), record.value(), null)
                                instanceof TransactionEvent.StateEntered entered) {
                    histories
                            .computeIfAbsent(entered.transactionalId(), id -> new ArrayList<>())
                            .add(entered.state());
                }
            }
        }
        return histories;
    }

    private static final Map<TransactionStatus, Set<TransactionStatus>> NEXT = Map.of(
            TransactionStatus.EMPTY, Set.of(TransactionStatus.EMPTY, TransactionStatus.ONGOING),
            TransactionStatus.ONGOING,
                    Set.of(
                            TransactionStatus.ONGOING,
                            TransactionStatus.PREPARE_COMMIT,
                            TransactionStatus.PREPARE_ABORT),
            TransactionStatus.PREPARE_COMMIT, Set.of(TransactionStatus.COMPLETE_COMMIT),
            TransactionStatus.PREPARE_ABORT, Set.of(TransactionStatus.COMPLETE_ABORT),
            TransactionStatus.COMPLETE_COMMIT, Set.of(TransactionStatus.EMPTY, TransactionStatus.ONGOING),
            TransactionStatus.COMPLETE_ABORT, Set.of(TransactionStatus.EMPTY, TransactionStatus.ONGOING));

    private static void checkTransition(String id, TransactionState from, TransactionState to) {
        if (from == null) {
            return;
        }
        if (!NEXT.get(from.status()).contains(to.status())) {
            throw new AssertionError(id + " went from " + from + " to " + to);
        }
        if (isOlder(to.producer().idAndEpoch(), from.producer().idAndEpoch())) {
            throw new AssertionError(id + " went back from " + from + " to " + to);
        }
    }

    /** No transaction is complete before each of its partitions has been told. */
    private void checkMarked(String id, TransactionState from, TransactionState to) {
        if (from instanceof TransactionState.Ending && to instanceof TransactionState.Idle) {
            for (TopicPartition partition : from.partitions()) {
                if (!scene.marked.contains(new CoordinatorScene.Marked(id, from.startedMs(), partition))) {
                    throw new AssertionError(id + " is " + to + " and " + partition + " does not know");
                }
            }
        }
    }

    private static TransactionState forgettingLastEpoch(TransactionState state) {
        if (state == null) {
            return null;
        }
        TransactionCodec codec = new TransactionCodec(() -> TransactionVersions.FLEXIBLE_RECORDS);
        ShardRecord record = codec.encode(new TransactionEvent.StateEntered("", state));
        TransactionEvent decoded = codec.decode(ByteBuffer.wrap(record.key()), ByteBuffer.wrap(record.value()), null);
        return ((TransactionEvent.StateEntered) decoded).state();
    }

    /** The faults are over: everything that was begun comes to an end by itself. */
    private void settle() {
        refuse(false);
        hold(false);
        for (int i = 0; i < 20; i++) {
            scene.deliverAll();
            scene.loop.advance(PRODUCER_TIMEOUT_MS);
        }
        for (int i = 0; i < IDS; i++) {
            TransactionState state = scene.state("id-" + i);
            if (state != null && !(state instanceof TransactionState.Idle)) {
                throw new AssertionError("id-" + i + " hangs as " + state);
            }
        }
        for (SimulatedProducer producer : producers) {
            if (producer.isWaiting()) {
                throw new AssertionError(producer + " was never answered");
            }
        }
        check();
    }
}
