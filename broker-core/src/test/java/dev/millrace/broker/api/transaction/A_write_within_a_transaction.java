package dev.millrace.broker.api.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.machine.Ticket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the broker makes of a producer's claim that it writes within a transaction (KIP-890). */
class A_write_within_a_transaction {

    private static final String ID = "orders-writer";
    private static final int ENROLS = 12;
    private static final int ANNOUNCES = 11;

    private final TransactionalBroker broker = new TransactionalBroker(1, 2);
    private long producerId;
    private short epoch;

    @BeforeEach
    void initialised() {
        broker.finalizeTransactionVersion(2);
        InitProducerIdResponseData init = ask(
                new InitProducerIdRequestData()
                        .setTransactionalId(ID)
                        .setTransactionTimeoutMs(60_000)
                        .setProducerId(-1)
                        .setProducerEpoch((short) -1),
                5);
        producerId = init.producerId();
        epoch = init.producerEpoch();
    }

    @SuppressWarnings("unchecked") // the broker answers a request with its own kind of answer
    private <R extends ApiMessage> R ask(ApiMessage request, int version) {
        ApiMessage[] answer = {null};
        broker.send(request, version, new Ticket<>() {
            @Override
            public void answer(ApiMessage value) {
                answer[0] = value;
            }

            @Override
            public void fail(ApiException error) {
                throw new AssertionError("an error that is no answer", error);
            }
        });
        for (int i = 0; i < 3 && answer[0] == null; i++) {
            broker.settle();
            broker.loop.advance(1_000);
        }
        return (R) answer[0];
    }

    private Errors written(int version, int partition, long id, int claimed, String value) {
        ProduceRequestData request = new ProduceRequestData()
                .setTransactionalId(ID)
                .setAcks((short) -1)
                .setTimeoutMs(1_000);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(TransactionalBroker.TOPIC)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(partition)
                                .setRecords(MemoryRecords.withTransactionalRecords(
                                        Compression.NONE,
                                        id,
                                        (short) claimed,
                                        0,
                                        new SimpleRecord(
                                                broker.loop.nowMs(), null, value.getBytes(StandardCharsets.UTF_8)))))));
        ProduceResponseData answer = ask(request, version);
        return Errors.forCode(
                answer.responses().iterator().next().partitionResponses().get(0).errorCode());
    }

    private Errors ended(int version, boolean commit) {
        EndTxnResponseData answer = ask(
                new EndTxnRequestData()
                        .setTransactionalId(ID)
                        .setProducerId(producerId)
                        .setProducerEpoch(epoch)
                        .setCommitted(commit),
                version);
        broker.settle();
        return Errors.forCode(answer.errorCode());
    }

    private String state() {
        DescribeTransactionsResponseData answer =
                ask(new DescribeTransactionsRequestData().setTransactionalIds(List.of(ID)), 0);
        return answer.transactionStates().get(0).transactionState();
    }

    @Nested
    class that_enrols_its_partition {

        @Test
        void begins_the_transaction() {
            assertThat(written(ENROLS, 0, producerId, epoch, "a")).isEqualTo(Errors.NONE);
            assertThat(state()).isEqualTo("Ongoing");
            assertThat(ended(5, true)).isEqualTo(Errors.NONE);
            assertThat(broker.committedValues()).containsExactly("a");
        }

        @Test
        void is_refused_to_a_producer_with_a_later_epoch_than_its_coordinator_knows() {
            assertThat(written(ENROLS, 0, producerId, epoch + 1, "a")).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
            assertThat(state()).isEqualTo("Empty");
            assertThat(broker.hanging()).containsOnly(0L);
        }

        @Test
        void is_refused_to_a_producer_that_its_coordinator_does_not_know() {
            assertThat(written(ENROLS, 0, producerId + 1, 0, "a")).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
            assertThat(state()).isEqualTo("Empty");
        }

        @Test
        void is_refused_with_the_epoch_of_a_transaction_that_is_over() {
            written(ENROLS, 0, producerId, epoch, "a");
            ended(5, false);

            assertThat(written(ENROLS, 1, producerId, epoch, "b")).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
            assertThat(broker.hanging()).containsOnly(0L);
        }

        /** As an end that overtakes the only write of its transaction: Apache Kafka says so too. */
        @Test
        void comes_too_late_for_an_end_that_has_overtaken_it() {
            assertThat(ended(5, true)).isEqualTo(Errors.INVALID_TXN_STATE);

            assertThat(written(ENROLS, 0, producerId, epoch, "a")).isEqualTo(Errors.NONE);
            assertThat(ended(5, true)).isEqualTo(Errors.NONE);
        }

        @Test
        void can_be_followed_by_announced_ones_after_a_downgrade() {
            written(ENROLS, 0, producerId, epoch, "a");
            broker.finalizeTransactionVersion(1);

            assertThat(announced(1)).containsExactly(Map.entry(1, Errors.NONE));
            assertThat(written(ANNOUNCES, 1, producerId, epoch, "b")).isEqualTo(Errors.NONE);
            assertThat(ended(4, true)).isEqualTo(Errors.NONE);
            assertThat(broker.committedValues()).containsExactly("a", "b");
            assertThat(broker.hanging()).containsOnly(0L);
        }

        @Test
        void is_ended_by_its_own_version_after_a_downgrade() {
            written(ENROLS, 0, producerId, epoch, "a");
            broker.finalizeTransactionVersion(1);

            assertThat(ended(5, true)).isEqualTo(Errors.NONE);
            assertThat(broker.committedValues()).containsExactly("a");
            assertThat(broker.hanging()).containsOnly(0L);
        }
    }

    private static AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection topics(Integer... partitions) {
        AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection topics =
                new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic()
                .setName(TransactionalBroker.TOPIC)
                .setPartitions(List.of(partitions)));
        return topics;
    }

    private Map<Integer, Errors> announced(Integer... partitions) {
        AddPartitionsToTxnResponseData answer = ask(
                new AddPartitionsToTxnRequestData()
                        .setV3AndBelowTransactionalId(ID)
                        .setV3AndBelowProducerId(producerId)
                        .setV3AndBelowProducerEpoch(epoch)
                        .setV3AndBelowTopics(topics(partitions)),
                3);
        return byPartition(answer.resultsByTopicV3AndBelow());
    }

    private static Map<Integer, Errors> byPartition(
            AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResultCollection topics) {
        Map<Integer, Errors> errors = new HashMap<>();
        topics.forEach(topic -> topic.resultsByPartition()
                .forEach(partition ->
                        errors.put(partition.partitionIndex(), Errors.forCode(partition.partitionErrorCode()))));
        return errors;
    }

    /** What one broker asks another about the producers that write to it. */
    @Nested
    class that_is_only_verified {

        private AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction asking(
                String id, int claimed, Integer... partitions) {
            return new AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction()
                    .setTransactionalId(id)
                    .setProducerId(producerId)
                    .setProducerEpoch((short) claimed)
                    .setVerifyOnly(true)
                    .setTopics(topics(partitions));
        }

        private Map<String, Map<Integer, Errors>> verified(
                AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction... asking) {
            AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData();
            List.of(asking).forEach(request.transactions()::add);
            AddPartitionsToTxnResponseData answer = ask(request, 5);
            Map<String, Map<Integer, Errors>> results = new HashMap<>();
            answer.resultsByTransaction()
                    .forEach(result -> results.put(result.transactionalId(), byPartition(result.topicResults())));
            return results;
        }

        @Test
        void takes_part_as_far_as_it_was_enrolled() {
            written(ENROLS, 0, producerId, epoch, "a");

            assertThat(verified(asking(ID, epoch, 0, 1)))
                    .containsOnly(Map.entry(ID, Map.of(0, Errors.NONE, 1, Errors.TRANSACTION_ABORTABLE)));
        }

        @Test
        void is_not_enrolled_by_that() {
            verified(asking(ID, epoch, 0));

            assertThat(state()).isEqualTo("Empty");
        }

        @Test
        void is_answered_transaction_by_transaction() {
            written(ENROLS, 0, producerId, epoch, "a");

            assertThat(verified(asking(ID, epoch + 1, 0), asking("unknown", epoch, 0)))
                    .containsOnly(
                            Map.entry(ID, Map.of(0, Errors.PRODUCER_FENCED)),
                            Map.entry("unknown", Map.of(0, Errors.INVALID_PRODUCER_ID_MAPPING)));
        }

        @Test
        void is_not_there() {
            assertThat(verified(asking(ID, epoch, 0, 7)))
                    .containsOnly(Map.entry(
                            ID, Map.of(0, Errors.OPERATION_NOT_ATTEMPTED, 7, Errors.UNKNOWN_TOPIC_OR_PARTITION)));
        }
    }
}
