package dev.millrace.broker.api.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.api.DataRequests;
import dev.millrace.broker.log.Batches;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.common.requests.DescribeProducersResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class The_requests_about_records {

    private final DataRequests requests = new DataRequests();
    private final Uuid orders = requests.createTopic("orders", 2);

    private static ProduceRequestData.PartitionProduceData data(int partition, ByteBuffer batch) {
        return new ProduceRequestData.PartitionProduceData()
                .setIndex(partition)
                .setRecords(MemoryRecords.readableRecords(batch));
    }

    private ProduceRequestData produce(
            int acks, Uuid topic, String name, ProduceRequestData.PartitionProduceData... partitions) {
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) acks).setTimeoutMs(1000);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(name)
                        .setTopicId(topic)
                        .setPartitionData(new ArrayList<>(List.of(partitions))));
        return request;
    }

    private ByteBuffer batch(String... values) {
        return Batches.of(requests.loop.nowMs(), values);
    }

    private void given(int partition, String... values) {
        PartitionProduceResponse answer = produced(13, produce(-1, orders, "", data(partition, batch(values))));
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
    }

    private PartitionProduceResponse produced(int version, ProduceRequestData request) {
        return requests.ask(request, version, ProduceResponse.class)
                .data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0);
    }

    private static FetchRequestData.FetchPartition from(int partition, long offset) {
        return new FetchRequestData.FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setPartitionMaxBytes(1 << 20);
    }

    private FetchRequestData fetch(FetchRequestData.FetchPartition... partitions) {
        FetchRequestData request =
                new FetchRequestData().setMaxWaitMs(500).setMinBytes(1).setMaxBytes(1 << 20);
        request.topics()
                .add(new FetchRequestData.FetchTopic()
                        .setTopic("orders")
                        .setTopicId(orders)
                        .setPartitions(List.of(partitions)));
        return request;
    }

    private List<FetchResponseData.PartitionData> fetched(FetchRequestData request) {
        FetchResponse response = requests.ask(request, FetchResponse.class);
        assertThat(response.error()).isEqualTo(Errors.NONE);
        return response.data().responses().get(0).partitions();
    }

    private static List<String> values(FetchResponseData.PartitionData partition) {
        List<String> values = new ArrayList<>();
        for (Record record : ((MemoryRecords) partition.records()).records()) {
            values.add(Utils.utf8(record.value(), record.valueSize()));
        }
        return values;
    }

    @Nested
    class Produce {

        @Test
        void answers_with_the_offsets() {
            given(0, "a", "b");

            PartitionProduceResponse answer = produced(13, produce(-1, orders, "", data(0, batch("c"))));

            assertThat(answer.baseOffset()).isEqualTo(2);
            assertThat(answer.logStartOffset()).isZero();
            assertThat(answer.logAppendTimeMs()).isEqualTo(-1);
        }

        @ParameterizedTest
        @ValueSource(ints = {3, 8, 9, 12})
        void takes_topics_by_name_in_versions_without_ids(int version) {
            PartitionProduceResponse answer =
                    produced(version, produce(1, Uuid.ZERO_UUID, "orders", data(1, batch("a"))));

            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
            assertThat(answer.index()).isEqualTo(1);
        }

        @Test
        void refuses_unknown_topics_by_name_and_by_id() {
            assertThat(produced(12, produce(1, Uuid.ZERO_UUID, "nothing", data(0, batch("a"))))
                            .errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            assertThat(produced(13, produce(1, new Uuid(3, 3), "", data(0, batch("a"))))
                            .errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
            assertThat(produced(13, produce(1, Uuid.ZERO_UUID, "", data(0, batch("a"))))
                            .errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
            assertThat(produced(13, produce(1, orders, "", data(7, batch("a")))).errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }

        @Test
        void answers_nothing_for_a_topic_without_partitions() {
            assertThat(requests.ask(produce(-1, orders, ""), ProduceResponse.class)
                            .data()
                            .responses())
                    .isEmpty();
        }

        @Test
        void appends_what_is_right_in_a_request_that_has_wrong_parts_too() {
            ByteBuffer damaged = batch("x");
            damaged.put(damaged.limit() - 1, (byte) ~damaged.get(damaged.limit() - 1));

            List<PartitionProduceResponse> answers = requests.ask(
                            produce(-1, orders, "", data(0, damaged), data(1, batch("a"))), ProduceResponse.class)
                    .data()
                    .responses()
                    .iterator()
                    .next()
                    .partitionResponses();

            assertThat(answers.get(0).errorCode()).isEqualTo(Errors.CORRUPT_MESSAGE.code());
            assertThat(answers.get(0).baseOffset()).isEqualTo(-1);
            assertThat(answers.get(1).errorCode()).isZero();
        }

        @Test
        void refuses_acks_that_have_no_meaning() {
            assertThat(produced(13, produce(2, orders, "", data(0, batch("a")))).errorCode())
                    .isEqualTo(Errors.INVALID_REQUIRED_ACKS.code());
        }

        @Test
        void refuses_acks_all_without_enough_replicas() {
            Uuid strict = requests.createTopic("strict", 1, Map.of("min.insync.replicas", "2"));

            assertThat(produced(13, produce(-1, strict, "", data(0, batch("a"))))
                            .errorCode())
                    .isEqualTo(Errors.NOT_ENOUGH_REPLICAS.code());
        }

        @Test
        void refuses_clients_that_write_to_a_coordinators_topic() {
            Uuid offsets = requests.createTopic("__consumer_offsets", 1);

            assertThat(produced(13, produce(1, offsets, "", data(0, batch("a"))))
                            .errorCode())
                    .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        }

        @Test
        void refuses_a_batch_that_is_larger_than_the_topic_allows() {
            Uuid small = requests.createTopic("small", 1, Map.of("max.message.bytes", "100"));

            assertThat(produced(13, produce(1, small, "", data(0, batch("x".repeat(200)))))
                            .errorCode())
                    .isEqualTo(Errors.MESSAGE_TOO_LARGE.code());
        }

        @Test
        void names_the_records_of_a_compacted_topic_that_have_no_key() {
            Uuid compacted = requests.createTopic("compacted", 1, Map.of("cleanup.policy", "compact"));
            ByteBuffer keyless = Batches.build(
                    org.apache.kafka.common.compress.Compression.NONE,
                    -1,
                    (short) -1,
                    -1,
                    false,
                    List.of(new org.apache.kafka.common.record.internal.SimpleRecord("no key".getBytes())));

            PartitionProduceResponse answer = produced(13, produce(1, compacted, "", data(0, keyless)));

            assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_RECORD.code());
            assertThat(answer.recordErrors()).hasSize(1);
        }

        @Test
        void stamps_the_brokers_time_where_the_topic_says_so() {
            Uuid stamped = requests.createTopic("stamped", 1, Map.of("message.timestamp.type", "LogAppendTime"));

            assertThat(produced(13, produce(1, stamped, "", data(0, Batches.of(5, "a"))))
                            .logAppendTimeMs())
                    .isEqualTo(requests.loop.nowMs());
        }
    }

    @Nested
    class Fetch {

        @Test
        void returns_what_is_there_at_once() {
            given(0, "a", "b");
            given(1, "c");

            List<FetchResponseData.PartitionData> partitions = fetched(fetch(from(0, 0), from(1, 0)));

            assertThat(values(partitions.get(0))).containsExactly("a", "b");
            assertThat(values(partitions.get(1))).containsExactly("c");
            assertThat(partitions.get(0).highWatermark()).isEqualTo(2);
            assertThat(partitions.get(0).lastStableOffset()).isEqualTo(2);
            assertThat(partitions.get(0).logStartOffset()).isZero();
        }

        @ParameterizedTest
        @ValueSource(ints = {4, 7, 11, 12, 13, 17})
        void speaks_older_versions(int version) {
            given(0, "a");

            FetchResponse response = requests.ask(fetch(from(0, 0)), version, FetchResponse.class);

            assertThat(values(response.data().responses().get(0).partitions().get(0)))
                    .containsExactly("a");
        }

        @Test
        void returns_the_whole_batch_that_holds_the_offset() {
            given(0, "a", "b", "c");

            assertThat(values(fetched(fetch(from(0, 1))).get(0))).containsExactly("a", "b", "c");
        }

        @Test
        void returns_the_first_batch_even_when_it_is_larger_than_asked_for() {
            given(0, "x".repeat(5000));
            given(1, "y");

            FetchRequestData request =
                    fetch(from(0, 0).setPartitionMaxBytes(10), from(1, 0)).setMaxBytes(10);
            List<FetchResponseData.PartitionData> partitions = fetched(request);

            assertThat(values(partitions.get(0))).hasSize(1);
            assertThat(partitions.get(1).records().sizeInBytes()).isZero();
        }

        @Test
        void stops_at_the_bytes_that_the_client_takes_altogether() {
            for (int i = 0; i < 10; i++) {
                given(0, "x".repeat(1000));
                given(1, "y".repeat(1000));
            }

            List<FetchResponseData.PartitionData> partitions =
                    fetched(fetch(from(0, 0), from(1, 0)).setMaxBytes(13_000));

            int bytes = partitions.get(0).records().sizeInBytes()
                    + partitions.get(1).records().sizeInBytes();
            assertThat(bytes).isBetween(11_000, 13_000);
        }

        @Test
        void waits_for_records_when_there_are_none() {
            DataRequests.Reply reply = requests.send(fetch(from(0, 0), from(1, 0)), 17, "PLAINTEXT");
            assertThat(reply.isOpen()).isTrue();

            given(1, "a");

            assertThat(values(reply.read(FetchResponse.class)
                            .data()
                            .responses()
                            .get(0)
                            .partitions()
                            .get(1)))
                    .containsExactly("a");
        }

        @Test
        void returns_empty_handed_when_the_wait_is_over() {
            DataRequests.Reply reply = requests.send(fetch(from(0, 0)), 17, "PLAINTEXT");

            requests.loop.advance(499);
            assertThat(reply.isOpen()).isTrue();
            requests.loop.advance(1);

            FetchResponseData.PartitionData partition = reply.read(FetchResponse.class)
                    .data()
                    .responses()
                    .get(0)
                    .partitions()
                    .get(0);
            assertThat(partition.errorCode()).isZero();
            assertThat(partition.records().sizeInBytes()).isZero();
        }

        @Test
        void waits_until_there_is_as_much_as_the_client_wants() {
            given(0, "a");
            DataRequests.Reply reply = requests.send(fetch(from(0, 0)).setMinBytes(1000), 17, "PLAINTEXT");
            assertThat(reply.isOpen()).isTrue();

            given(0, "x".repeat(1000));

            assertThat(reply.isOpen()).isFalse();
        }

        @Test
        void does_not_wait_when_the_client_does_not() {
            assertThat(requests.send(fetch(from(0, 0)).setMaxWaitMs(0), 17, "PLAINTEXT")
                            .isOpen())
                    .isFalse();
        }

        @Test
        void tells_an_error_at_once_beside_what_is_right() {
            given(0, "a");

            List<FetchResponseData.PartitionData> partitions = fetched(fetch(from(0, 99), from(1, 0), from(5, 0)));

            assertThat(partitions)
                    .extracting(partition -> Errors.forCode(partition.errorCode()))
                    .containsExactly(Errors.OFFSET_OUT_OF_RANGE, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }

        @Test
        void tells_that_a_topic_id_is_not_known() {
            FetchRequestData request = fetch(from(0, 0));
            request.topics().get(0).setTopicId(new Uuid(3, 3));

            assertThat(fetched(request).get(0).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        }

        @Test
        void fences_a_reader_of_an_older_term() {
            assertThat(fetched(fetch(from(0, 0).setCurrentLeaderEpoch(5)))
                            .get(0)
                            .errorCode())
                    .isEqualTo(Errors.UNKNOWN_LEADER_EPOCH.code());
        }

        @Test
        void offers_no_session_and_knows_none() {
            given(0, "a");

            assertThat(requests.ask(fetch(from(0, 0)), FetchResponse.class).sessionId())
                    .isZero();
            assertThat(requests.ask(fetch(from(0, 0)).setSessionId(7).setSessionEpoch(1), FetchResponse.class)
                            .error())
                    .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }

        @Test
        void hides_open_and_tells_aborted_transactions_where_committed_records_are_wanted() {
            produced(
                    13,
                    produce(-1, orders, "", data(0, Batches.transactional(0, 7, (short) 0, 0, "aborted")))
                            .setTransactionalId("copier"));
            requests.partition(orders, 0).writes().endTransaction(7, (short) 0, 0, false, false);
            produced(
                    13,
                    produce(-1, orders, "", data(0, Batches.transactional(0, 8, (short) 0, 0, "open")))
                            .setTransactionalId("copier"));

            FetchResponseData.PartitionData partition =
                    fetched(fetch(from(0, 0)).setIsolationLevel((byte) 1)).get(0);

            assertThat(partition.lastStableOffset()).isEqualTo(2);
            assertThat(partition.highWatermark()).isEqualTo(3);
            assertThat(partition.abortedTransactions())
                    .containsExactly(new FetchResponseData.AbortedTransaction()
                            .setProducerId(7)
                            .setFirstOffset(0));
            assertThat(((MemoryRecords) partition.records()).batches()).hasSize(2);
        }
    }

    @Nested
    class List_offsets {

        private ListOffsetsPartitionResponse find(long timestamp, int version, int isolation) {
            ListOffsetsRequestData request = new ListOffsetsRequestData()
                    .setReplicaId(-1)
                    .setIsolationLevel((byte) isolation)
                    .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                            .setName("orders")
                            .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                    .setPartitionIndex(0)
                                    .setTimestamp(timestamp)))));
            return requests.ask(request, version, ListOffsetsResponse.class)
                    .topics()
                    .get(0)
                    .partitions()
                    .get(0);
        }

        @BeforeEach
        void fill() {
            given(0, "a", "b");
            requests.loop.advance(1000);
            given(0, "c");
        }

        @Test
        void finds_both_ends() {
            assertThat(find(-2, 11, 0).offset()).isZero();
            assertThat(find(-4, 11, 0).offset()).isZero();
            assertThat(find(-1, 11, 0).offset()).isEqualTo(3);
            assertThat(find(-1, 1, 0).offset()).isEqualTo(3);
        }

        @Test
        void finds_the_first_record_from_a_time_on() {
            ListOffsetsPartitionResponse found = find(requests.loop.nowMs() - 1, 11, 0);

            assertThat(found.offset()).isEqualTo(2);
            assertThat(found.timestamp()).isEqualTo(requests.loop.nowMs());
            assertThat(found.leaderEpoch()).isZero();
        }

        @Test
        void finds_nothing_after_the_last_record() {
            ListOffsetsPartitionResponse found = find(requests.loop.nowMs() + 1, 11, 0);

            assertThat(found.errorCode()).isZero();
            assertThat(found.offset()).isEqualTo(-1);
            assertThat(found.timestamp()).isEqualTo(-1);
        }

        @Test
        void finds_the_record_with_the_largest_timestamp() {
            assertThat(find(-3, 11, 0).offset()).isEqualTo(2);
        }

        @Test
        void finds_nothing_in_a_storage_that_is_not_there() {
            assertThat(find(-5, 11, 0).offset()).isEqualTo(-1);
        }

        @Test
        void refuses_what_the_version_does_not_know() {
            assertThat(find(-3, 6, 0).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(find(-9, 11, 0).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        }

        @Test
        void ends_before_an_open_transaction_where_committed_records_are_wanted() {
            produced(
                    13,
                    produce(-1, orders, "", data(0, Batches.transactional(0, 8, (short) 0, 0, "open")))
                            .setTransactionalId("copier"));

            assertThat(find(-1, 11, 1).offset()).isEqualTo(3);
            assertThat(find(-1, 11, 0).offset()).isEqualTo(4);
        }
    }

    @Nested
    class Offset_for_leader_epoch {

        private OffsetForLeaderEpochResponseData.EpochEndOffset find(int partition, int epoch) {
            OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
            request.topics()
                    .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                            .setTopic("orders")
                            .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                                    .setPartition(partition)
                                    .setLeaderEpoch(epoch))));
            return requests.ask(request, OffsetsForLeaderEpochResponse.class)
                    .data()
                    .topics()
                    .iterator()
                    .next()
                    .partitions()
                    .get(0);
        }

        @Test
        void tells_where_the_term_ends() {
            given(0, "a");

            assertThat(find(0, 0).endOffset()).isEqualTo(1);
            assertThat(find(0, 0).leaderEpoch()).isZero();
        }

        @Test
        void tells_that_a_partition_is_not_known() {
            assertThat(find(9, 0).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
    }

    @Nested
    class Delete_records {

        private List<Long> delete(long... offsets) {
            return delete("orders", offsets);
        }

        private List<Long> delete(String topic, long... offsets) {
            List<DeleteRecordsRequestData.DeleteRecordsPartition> partitions = new ArrayList<>();
            for (int partition = 0; partition < offsets.length; partition++) {
                partitions.add(new DeleteRecordsRequestData.DeleteRecordsPartition()
                        .setPartitionIndex(partition)
                        .setOffset(offsets[partition]));
            }
            DeleteRecordsRequestData request = new DeleteRecordsRequestData()
                    .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic()
                            .setName(topic)
                            .setPartitions(partitions)));
            List<Long> results = new ArrayList<>();
            requests.ask(request, DeleteRecordsResponse.class)
                    .data()
                    .topics()
                    .iterator()
                    .next()
                    .partitions()
                    .forEach(result ->
                            results.add(result.errorCode() == 0 ? result.lowWatermark() : -100L - result.errorCode()));
            return results;
        }

        @Test
        void answers_with_where_each_partition_begins_now() {
            given(0, "a", "b");
            given(1, "c");

            assertThat(delete(1, -1)).containsExactly(1L, 1L);
        }

        @Test
        void refuses_what_is_beyond_the_end() {
            given(0, "a");

            assertThat(delete(5, 0)).containsExactly(-100L - Errors.OFFSET_OUT_OF_RANGE.code(), 0L);
        }

        @Test
        void refuses_a_coordinators_topic() {
            requests.createTopic("__consumer_offsets", 1);

            assertThat(delete("__consumer_offsets", -1)).containsExactly(-100L - Errors.INVALID_TOPIC_EXCEPTION.code());
        }
    }

    @Test
    void describe_producers_tells_who_writes() {
        produced(
                13,
                produce(-1, orders, "", data(0, Batches.transactional(5, 8, (short) 3, 0, "a", "b")))
                        .setTransactionalId("copier"));
        DescribeProducersRequestData request = new DescribeProducersRequestData();
        request.topics()
                .add(new DescribeProducersRequestData.TopicRequest()
                        .setName("orders")
                        .setPartitionIndexes(List.of(0, 9)));

        List<DescribeProducersResponseData.PartitionResponse> partitions = requests.ask(
                        request, DescribeProducersResponse.class)
                .data()
                .topics()
                .get(0)
                .partitions();

        assertThat(partitions.get(0).activeProducers()).singleElement().satisfies(producer -> {
            assertThat(producer.producerId()).isEqualTo(8);
            assertThat(producer.producerEpoch()).isEqualTo(3);
            assertThat(producer.lastSequence()).isEqualTo(1);
            assertThat(producer.currentTxnStartOffset()).isZero();
        });
        assertThat(partitions.get(1).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }
}
