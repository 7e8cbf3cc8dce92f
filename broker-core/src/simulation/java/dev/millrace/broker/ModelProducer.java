package dev.millrace.broker;

import dev.millrace.broker.ProducedTransactions.Outcome;
import dev.millrace.broker.simulation.Interleaving;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * The transactional producer of Kafka's Java client, with its application, as far as that one can be told by its requests: one
 * request about the transaction at a time, in the client's order of kinds; batches beside it, several in flight; what got no
 * answer or one that says so is repeated; an end waits for every batch before it. By transaction.version 2 writing enrols and
 * every end raises the epoch (KIP-890), before partitions are announced.
 */
final class ModelProducer {

    private static final int IN_FLIGHT_MAX = 5;
    private static final int BACKOFF_MS = 20;
    private static final int INIT_VERSION = 5;

    /**
     * @param partitions of the topic
     * @param timeoutMs transaction.timeout.ms
     * @param timesOut whether a transaction may be aborted over its producer's head, so that errors are no surprise
     */
    record Habits(int partitions, int timeoutMs, boolean timesOut) {}

    private final String id;
    private final SimulatedNode node;
    private final Interleaving turns;
    private final SimulatedConnection connection;
    private final ModelBatches batches;
    private final Random random;
    private final Consumer<String> trace;
    private final Habits habits;
    private final ModelApplication application;

    private final List<ModelAsking> pending = new ArrayList<>();
    private ModelAsking inFlight;
    private final Set<Integer> newPartitions = new TreeSet<>();
    private long producerId = -1;
    private short epoch = -1;
    private boolean knowsVersion2;
    private boolean version2;
    private boolean started;
    private boolean raisesEpoch;

    private boolean failing;

    /** What the application waits for. */
    private ModelAsking.Kind awaited;

    private long offset;

    ModelProducer(
            String id,
            SimulatedNode node,
            Interleaving turns,
            ProducedTransactions ledger,
            SimulatedConnection connection,
            Habits habits,
            Random random,
            Consumer<String> trace) {
        this.id = id;
        this.node = node;
        this.turns = turns;
        this.connection = connection;
        this.habits = habits;
        this.random = random;
        this.trace = trace;
        this.batches = new ModelBatches(turns, random);
        this.application = new ModelApplication(id, this, ledger, habits.partitions(), random, trace);
        start();
    }

    SimulatedConnection connection() {
        return connection;
    }

    String groupId() {
        return "group-of-" + id;
    }

    /** Ends what is under way and begins nothing more. */
    void stop() {
        application.stop();
    }

    boolean isAtRest() {
        return application.isAtRest() && awaited == null && inFlight == null && pending.isEmpty();
    }

    /** The application or the client's own thread does one thing. False when there is nothing to do for now. */
    boolean act() {
        return random.nextBoolean() ? application.act() || send() : send() || application.act();
    }

    /** The process is gone, and another one starts under the same transactional id. */
    void restart() {
        connection.breakOff(false);
        application.onRestart();
        start();
    }

    void loseConnection(boolean brokerDies) {
        connection.breakOff(brokerDies);
        connected();
    }

    /** A batch has waited for its answer longer than delivery.timeout.ms: the transaction can't be committed any more. */
    void giveUpOnBatch() {
        if (application.isWriting() && awaited == null && batches.giveUpOne()) {
            trace.accept(id + " gives up on a batch");
            failing = true;
            raisesEpoch |= !version2;
        }
    }

    private void connected() {
        knowsVersion2 = node.level() >= 2;
    }

    private void start() {
        trace.accept(id + " starts");
        connected();
        pending.clear();
        inFlight = null;
        newPartitions.clear();
        batches.clear();
        producerId = -1;
        epoch = -1;
        started = false;
        raisesEpoch = false;
        failing = false;
        ask(ModelAsking.Kind.INIT, INIT_VERSION);
        awaited = ModelAsking.Kind.INIT;
    }

    // What the application asks for, and goes on when it is not waiting.

    boolean isWaitedFor() {
        return awaited != null;
    }

    boolean isFlushed() {
        return batches.areDone();
    }

    /** Whether the transaction can't be committed any more. */
    boolean isFailing() {
        return failing;
    }

    /** @return as whom it writes */
    String begin() {
        started = false;
        failing = false;
        batches.begin();
        return producerId + ":" + epoch + (version2 ? " v2" : " v1");
    }

    void write(int partition, String value) {
        if (version2) {
            started = true;
        } else if (!batches.isEnrolled(partition)) {
            newPartitions.add(partition);
        }
        batches.add(partition, value, version2);
    }

    void commitOffset(long newOffset) {
        offset = newOffset;
        ask(version2 ? ModelAsking.Kind.COMMIT_OFFSETS : ModelAsking.Kind.ADD_OFFSETS, version2 ? 5 : 3);
        started |= version2;
        awaited = ModelAsking.Kind.COMMIT_OFFSETS;
    }

    void end(boolean commit) {
        if (!commit) {
            batches.dropUnsent();
        }
        ModelAsking end = asking(ModelAsking.Kind.END, version2 ? 5 : 4, commit, List.of());
        // The client looks for a new level here, and ends the transaction by the one that it was begun by.
        boolean upgraded = !version2 && knowsVersion2;
        version2 = knowsVersion2;
        pending.add(end);
        awaited = ModelAsking.Kind.END;
        if (upgraded || raisesEpoch) {
            raisesEpoch = false;
            ask(ModelAsking.Kind.RAISE_EPOCH, INIT_VERSION);
            awaited = ModelAsking.Kind.RAISE_EPOCH;
        }
    }

    // The client's thread.

    private boolean send() {
        if (inFlight != null) {
            return false;
        }
        if (!newPartitions.isEmpty()) {
            pending.add(asking(ModelAsking.Kind.ADD_PARTITIONS, 3, false, List.copyOf(newPartitions)));
            newPartitions.clear();
        }
        ModelAsking next = next();
        if (next != null && !(next.kind == ModelAsking.Kind.END && !batches.areDone())) {
            return sendIfDue(next);
        }
        return connection.inFlight() < IN_FLIGHT_MAX && produce();
    }

    private ModelAsking next() {
        ModelAsking next = null;
        for (ModelAsking asking : pending) {
            if (next == null || asking.kind.compareTo(next.kind) < 0) {
                next = asking;
            }
        }
        return next;
    }

    private boolean sendIfDue(ModelAsking next) {
        if (next.notBeforeMs > turns.nowMs()) {
            return false;
        }
        pending.remove(next);
        if (next.kind == ModelAsking.Kind.END && !started) {
            ended(next);
            return true;
        }
        inFlight = next;
        // What names one transaction alone. By the others Apache Kafka's coordinator is misled as well (KAFKA-17754).
        boolean delayable = next.version >= 5
                && (next.kind == ModelAsking.Kind.END || next.kind == ModelAsking.Kind.COMMIT_OFFSETS);
        long committed = offset;
        connection.send(
                () -> next.request(committed), next.version, delayable, answer -> onAnswer(next, answer), () -> {
                    inFlight = null;
                    retry(next);
                });
        return true;
    }

    private ModelAsking asking(ModelAsking.Kind kind, int version, boolean commit, List<Integer> added) {
        return new ModelAsking(
                kind,
                version,
                new ProducerRequests(id, groupId(), habits.timeoutMs(), producerId, epoch),
                commit,
                added);
    }

    private void ask(ModelAsking.Kind kind, int version) {
        pending.add(asking(kind, version, false, List.of()));
    }

    private void retry(ModelAsking asking) {
        asking.repeated = true;
        asking.notBeforeMs = turns.nowMs() + BACKOFF_MS;
        pending.add(asking);
    }

    private void onAnswer(ModelAsking asked, ApiMessage answer) {
        inFlight = null;
        Errors error = asked.error(answer);
        trace.accept(id + " < " + asked.kind + " " + error);
        if (error == Errors.NONE) {
            succeed(asked, answer);
        } else if (error.exception() instanceof RetriableException) {
            retry(asked);
        } else if (asked.kind == ModelAsking.Kind.RAISE_EPOCH && asked.repeated && error == Errors.PRODUCER_FENCED) {
            // A coordinator that has read its log anew can't tell the retry from a stranger, as in Apache Kafka.
            restart();
        } else {
            surprise(asked.kind + " of " + asked.as, error);
        }
    }

    private void succeed(ModelAsking asked, ApiMessage answer) {
        switch (asked.kind) {
            case INIT, RAISE_EPOCH -> {
                InitProducerIdResponseData init = (InitProducerIdResponseData) answer;
                become(init.producerId(), init.producerEpoch());
                version2 = knowsVersion2;
                awaited = null;
            }
            case ADD_PARTITIONS -> {
                started = true;
                asked.partitions.forEach(batches::enrolled);
            }
            case ADD_OFFSETS -> {
                started = true;
                ask(ModelAsking.Kind.COMMIT_OFFSETS, 4);
            }
            case COMMIT_OFFSETS -> awaited = null;
            case END -> {
                EndTxnResponseData ended = (EndTxnResponseData) answer;
                if (asked.version >= 5) {
                    become(ended.producerId(), ended.producerEpoch());
                }
                ended(asked);
            }
        }
    }

    private void ended(ModelAsking asked) {
        application.onEnded(asked.commit ? Outcome.COMMITTED : Outcome.ABORTED);
        if (awaited == ModelAsking.Kind.END) {
            awaited = null;
        }
    }

    private void become(long newId, short newEpoch) {
        producerId = newId;
        epoch = newEpoch;
        batches.clear();
    }

    private boolean produce() {
        List<ModelBatch> sent = batches.drain(producerId, epoch);
        if (sent.isEmpty()) {
            return false;
        }
        ProducerRequests as = new ProducerRequests(id, groupId(), habits.timeoutMs(), producerId, epoch);
        int version = batches.version2() ? 12 : 11;
        connection.send(
                () -> as.produce(sent),
                version,
                true,
                answer -> batches.onAnswer(sent, answer, failing, (batch, error) -> {
                    trace.accept(id + " < " + batch + " " + error);
                    if (error != Errors.NONE && !(error.exception() instanceof RetriableException)) {
                        surprise(batch.toString(), error);
                    }
                }),
                () -> batches.onLost(sent));
        return true;
    }

    private void surprise(String what, Errors error) {
        if (!habits.timesOut()) {
            throw new AssertionError(id + " was told " + error + " to " + what);
        }
        trace.accept(id + " was told " + error + " to " + what);
        restart();
    }
}
