package dev.millrace.broker.api.transaction;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * A client that writes transactions as Kafka's producer does: repeats what got no answer, aborts after an error, takes its
 * id over again when it is fenced. It keeps account of what it was promised.
 */
final class SimulatedWriter {

    static final int TIMEOUT_MS = 5_000;
    private static final int PATIENCE_MS = 150;

    /** What a client may take a transaction for. */
    enum Outcome {
        COMMITTED,
        ABORTED,
        /** Its commit may have been decided, or not: the client has never heard. */
        UNKNOWN
    }

    private enum Step {
        INIT,
        ADD,
        WRITE,
        END
    }

    private final String name;
    private final String transactionalId;
    private final UnreliableNetwork network;
    private final TransactionalBroker broker;
    private final int partitions;
    private final Random random;
    private final Map<String, Outcome> outcomes = new HashMap<>();
    private final Map<String, List<String>> written = new HashMap<>();

    private boolean raisesEpoch;
    private boolean raisesEpochNext;
    private Step step = Step.INIT;
    private boolean goesOn;
    private boolean stopping;
    private long producerId = -1;
    private short epoch = -1;
    private final Map<Integer, Integer> sequences = new HashMap<>();
    private int transactions;
    private int missing;
    private int partition;
    private boolean committing;
    private boolean commitTried;

    /** Tells the answer that is waited for from those that come too late. */
    private long asked;

    private boolean waiting;
    private long waitingSinceMs;

    SimulatedWriter(
            String name,
            String transactionalId,
            TransactionalBroker broker,
            UnreliableNetwork network,
            int partitions,
            boolean raisesEpoch,
            Random random) {
        this.name = name;
        this.transactionalId = transactionalId;
        this.broker = broker;
        this.network = network;
        this.partitions = partitions;
        this.raisesEpoch = raisesEpoch;
        this.raisesEpochNext = raisesEpoch;
        this.random = random;
    }

    Map<String, Outcome> outcomes() {
        return outcomes;
    }

    /** By transaction: what was acknowledged, or may have been written. */
    Map<String, List<String>> written() {
        return written;
    }

    /** Hears of another level of transaction.version; it counts from the next transaction on. */
    void speak(boolean version2) {
        raisesEpochNext = version2;
    }

    /** Ends what is under way and begins nothing more. */
    void stop() {
        stopping = true;
    }

    void act() {
        if (waiting && broker.loop.nowMs() - waitingSinceMs < PATIENCE_MS) {
            return;
        }
        switch (step) {
            case INIT -> init();
            case ADD -> add();
            case WRITE -> write();
            case END -> end();
        }
    }

    private String transaction() {
        return name + "/" + transactions;
    }

    private interface Hearing<R> {
        void hear(R answer);
    }

    @SuppressWarnings("unchecked") // the broker answers a request with its own kind of answer
    private <R extends ApiMessage> void ask(Supplier<ApiMessage> request, int version, Hearing<R> hearing) {
        long question = ++asked;
        waiting = true;
        waitingSinceMs = broker.loop.nowMs();
        // Transaction versions 0 and 1 can't bear that anything but records comes late (KAFKA-17754).
        boolean delayable = raisesEpoch || step == Step.WRITE;
        network.send(request, version, delayable, answer -> {
            if (question == asked && waiting) {
                waiting = false;
                hearing.hear((R) answer);
            }
        });
    }

    private void init() {
        if (stopping) {
            return;
        }
        boolean expects = goesOn;
        long id = producerId;
        short claimed = epoch;
        this.<InitProducerIdResponseData>ask(
                () -> new InitProducerIdRequestData()
                        .setTransactionalId(transactionalId)
                        .setTransactionTimeoutMs(TIMEOUT_MS)
                        .setProducerId(expects ? id : -1)
                        .setProducerEpoch(expects ? claimed : -1),
                5,
                answer -> {
                    if (answer.errorCode() == Errors.NONE.code()) {
                        become(answer.producerId(), answer.producerEpoch());
                        begin();
                    } else if (answer.errorCode() == Errors.PRODUCER_FENCED.code()) {
                        goesOn = false;
                    }
                });
    }

    private void become(long id, short newEpoch) {
        if (id != producerId || newEpoch != epoch) {
            sequences.clear();
        }
        producerId = id;
        epoch = newEpoch;
        goesOn = false;
    }

    private void begin() {
        transactions++;
        raisesEpoch = raisesEpochNext;
        commitTried = false;
        missing = 1 + random.nextInt(4);
        choosePartition();
    }

    private void choosePartition() {
        partition = random.nextInt(partitions);
        step = raisesEpoch ? Step.WRITE : Step.ADD;
    }

    private void add() {
        AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection topics =
                new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic()
                .setName(TransactionalBroker.TOPIC)
                .setPartitions(List.of(partition)));
        this.<AddPartitionsToTxnResponseData>ask(
                () -> new AddPartitionsToTxnRequestData()
                        .setV3AndBelowTransactionalId(transactionalId)
                        .setV3AndBelowProducerId(producerId)
                        .setV3AndBelowProducerEpoch(epoch)
                        .setV3AndBelowTopics(topics),
                3,
                answer -> {
                    Errors error = Errors.forCode(answer.resultsByTopicV3AndBelow()
                            .iterator()
                            .next()
                            .resultsByPartition()
                            .iterator()
                            .next()
                            .partitionErrorCode());
                    if (error == Errors.NONE) {
                        step = Step.WRITE;
                    } else if (isFatal(error)) {
                        fenced();
                    }
                });
    }

    private void write() {
        int sequence = sequences.getOrDefault(partition, 0);
        long id = producerId;
        short claimed = epoch;
        int number = partition;
        List<String> values = written.computeIfAbsent(transaction(), none -> new ArrayList<>());
        String value = transaction() + "/" + missing;
        if (!values.contains(value)) {
            values.add(value);
        }
        this.<ProduceResponseData>ask(
                () -> produce(number, id, claimed, sequence, value), raisesEpoch ? 12 : 11, answer -> {
                    Errors error = Errors.forCode(answer.responses()
                            .iterator()
                            .next()
                            .partitionResponses()
                            .get(0)
                            .errorCode());
                    if (error == Errors.NONE) {
                        sequences.put(number, sequence + 1);
                        missing--;
                        if (missing > 0) {
                            choosePartition();
                        } else {
                            committing = random.nextInt(3) != 0;
                            step = Step.END;
                        }
                    } else if (!(error.exception() instanceof org.apache.kafka.common.errors.RetriableException)) {
                        onWriteError();
                    }
                });
    }

    /** What may still be missing in the sequence: under version 2 the abort raises the epoch, before the producer does it itself. */
    private void onWriteError() {
        committing = false;
        if (raisesEpoch) {
            step = Step.END;
        } else {
            outcomes.put(transaction(), Outcome.ABORTED);
            goesOn = true;
            step = Step.INIT;
        }
    }

    private ApiMessage produce(int number, long id, short claimed, int sequence, String value) {
        MemoryRecords records = MemoryRecords.withTransactionalRecords(
                Compression.NONE,
                id,
                claimed,
                sequence,
                new SimpleRecord(broker.loop.nowMs(), null, value.getBytes(StandardCharsets.UTF_8)));
        ProduceRequestData request = new ProduceRequestData()
                .setTransactionalId(transactionalId)
                .setAcks((short) -1)
                .setTimeoutMs(1000);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(TransactionalBroker.TOPIC)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(number)
                                .setRecords(records))));
        return request;
    }

    private void end() {
        boolean commit = committing;
        commitTried |= commit;
        long id = producerId;
        short claimed = epoch;
        this.<EndTxnResponseData>ask(
                () -> new EndTxnRequestData()
                        .setTransactionalId(transactionalId)
                        .setProducerId(id)
                        .setProducerEpoch(claimed)
                        .setCommitted(commit),
                raisesEpoch ? 5 : 4,
                answer -> {
                    Errors error = Errors.forCode(answer.errorCode());
                    if (error == Errors.NONE) {
                        outcomes.put(transaction(), commit ? Outcome.COMMITTED : Outcome.ABORTED);
                        if (raisesEpoch) {
                            become(answer.producerId(), answer.producerEpoch());
                        }
                        next();
                    } else if (error == Errors.INVALID_TXN_STATE) {
                        // It was aborted for its time, or nothing of it has ever arrived.
                        outcomes.put(transaction(), Outcome.ABORTED);
                        step = Step.INIT;
                    } else if (isFatal(error)) {
                        fenced();
                    }
                });
    }

    private void next() {
        if (stopping) {
            step = Step.INIT;
        } else if (random.nextInt(10) == 0) {
            // Restarted, or after an error of its own.
            goesOn = random.nextBoolean();
            step = Step.INIT;
        } else {
            begin();
        }
    }

    private void fenced() {
        outcomes.put(transaction(), commitTried ? Outcome.UNKNOWN : Outcome.ABORTED);
        goesOn = false;
        step = Step.INIT;
    }

    private static boolean isFatal(Errors error) {
        return error == Errors.PRODUCER_FENCED
                || error == Errors.INVALID_PRODUCER_EPOCH
                || error == Errors.INVALID_PRODUCER_ID_MAPPING
                || error == Errors.INVALID_TXN_STATE;
    }
}
