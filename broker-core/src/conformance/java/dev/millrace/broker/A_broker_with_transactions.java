package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the Java clients see of transactions, over real sockets. */
@Timeout(60)
class A_broker_with_transactions {

    @TempDir
    static Path directory;

    private static Broker broker;
    private static Admin admin;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private String topic;
    private TopicPartition partition;
    private String id;

    @BeforeAll
    static void start() {
        broker = Broker.start(BrokerConfig.parse(Map.of(
                "log.dirs", directory.toString(),
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "group.initial.rebalance.delay.ms", "0")));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @BeforeEach
    void createTopic(TestInfo test) throws Exception {
        topic = test.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT);
        id = topic + "-id";
        partition = new TopicPartition(topic, 0);
        admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get();
    }

    @AfterEach
    void closeClients() throws Exception {
        for (AutoCloseable client : opened) {
            client.close();
        }
    }

    private Producer<String, String> producer(Map<String, Object> config) {
        Map<String, Object> all = new HashMap<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", id, "linger.ms", 0));
        all.putAll(config);
        KafkaProducer<String, String> producer =
                new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
        opened.add(() -> producer.close(Duration.ZERO));
        return producer;
    }

    private Producer<String, String> started() {
        Producer<String, String> producer = producer(Map.of());
        producer.initTransactions();
        return producer;
    }

    private Consumer<String, String> consumer(String isolation, Map<String, Object> config) {
        Map<String, Object> all = new HashMap<>(Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "isolation.level",
                isolation,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false));
        all.putAll(config);
        KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
        opened.add(() -> consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO)));
        return consumer;
    }

    private void send(Producer<String, String> producer, String... values) throws Exception {
        for (String value : values) {
            producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
        }
    }

    /** All that a consumer is given of the partition up to where it may read. */
    private List<String> read(String isolation) throws Exception {
        IsolationLevel level =
                isolation.equals("read_committed") ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED;
        long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(level))
                .partitionResult(partition)
                .get()
                .offset();
        List<String> values = new ArrayList<>();
        Consumer<String, String> consumer = consumer(isolation, Map.of());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                values.add(record.value());
            }
        }
        return values;
    }

    private List<String> committed() throws Exception {
        return read("read_committed");
    }

    private List<String> uncommitted() throws Exception {
        return read("read_uncommitted");
    }

    private TransactionDescription describe() throws Exception {
        return admin.describeTransactions(List.of(id)).description(id).get();
    }

    @Nested
    class shows_a_transaction {

        @Test
        void to_committed_readers_once_it_is_committed() throws Exception {
            Producer<String, String> producer = started();
            producer.beginTransaction();
            send(producer, "a", "b");
            assertThat(committed()).isEmpty();
            assertThat(uncommitted()).containsExactly("a", "b");

            producer.commitTransaction();
            await().untilAsserted(() -> assertThat(committed()).containsExactly("a", "b"));
        }

        @Test
        void never_to_committed_readers_when_it_was_aborted() throws Exception {
            Producer<String, String> producer = started();
            producer.beginTransaction();
            send(producer, "a");
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, "b");
            producer.commitTransaction();

            await().untilAsserted(() -> assertThat(committed()).containsExactly("b"));
            assertThat(uncommitted()).containsExactly("a", "b");
        }

        @Test
        void after_those_that_began_before_it_are_over() throws Exception {
            Producer<String, String> slow = producer(Map.of("transactional.id", id + "-slow"));
            slow.initTransactions();
            Producer<String, String> fast = started();
            slow.beginTransaction();
            send(slow, "slow");
            fast.beginTransaction();
            send(fast, "fast");
            fast.commitTransaction();
            assertThat(committed()).isEmpty();

            slow.abortTransaction();
            await().untilAsserted(() -> assertThat(committed()).containsExactly("fast"));
        }

        @Test
        void on_all_its_partitions_or_none() throws Exception {
            Producer<String, String> producer = started();
            for (int i = 0; i < 30; i++) {
                producer.beginTransaction();
                for (int p = 0; p < 3; p++) {
                    producer.send(new ProducerRecord<>(topic, p, null, "" + i));
                }
                if (i % 3 == 0) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                if (i % 3 != 0) {
                    expected.add("" + i);
                }
            }
            for (int p = 0; p < 3; p++) {
                partition = new TopicPartition(topic, p);
                await().untilAsserted(() -> assertThat(committed()).isEqualTo(expected));
            }
        }
    }

    @Nested
    class commits_offsets {

        private final String group = "group";

        /** Of a group that has no members: the consumer need not join to commit for it. */
        private ConsumerGroupMetadata metadata() {
            return consumer("read_committed", Map.of("group.id", topic + group)).groupMetadata();
        }

        @Test
        void with_the_transaction() throws Exception {
            Producer<String, String> producer = started();
            producer.beginTransaction();
            send(producer, "a");
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(17)), metadata());
            assertThat(offsets()).isEmpty();

            producer.commitTransaction();
            await().untilAsserted(() -> assertThat(offsets()).containsEntry(partition, new OffsetAndMetadata(17)));
        }

        @Test
        void not_when_it_is_aborted() throws Exception {
            Producer<String, String> producer = started();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(17)), metadata());
            producer.abortTransaction();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(18)), metadata());
            producer.commitTransaction();

            await().untilAsserted(() -> assertThat(offsets()).containsEntry(partition, new OffsetAndMetadata(18)));
        }

        private Map<TopicPartition, OffsetAndMetadata> offsets() throws Exception {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(admin.listConsumerGroupOffsets(topic + group)
                    .partitionsToOffsetAndMetadata()
                    .get());
            offsets.values().removeIf(java.util.Objects::isNull);
            return offsets;
        }

        @Test
        void of_what_was_consumed_and_transformed_exactly_once() throws Exception {
            try (Producer<String, String> source = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers()),
                    new StringSerializer(),
                    new StringSerializer())) {
                for (int i = 0; i < 100; i++) {
                    source.send(new ProducerRecord<>(topic, 0, null, "" + i));
                }
            }
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                expected.add("" + i);
            }
            // Every other attempt is lost after it has been sent: the next producer starts at what was committed.
            int attempt = 0;
            partition = new TopicPartition(topic, 1);
            while (!committed().equals(expected)) {
                copySome(attempt++ % 2 == 0);
            }
            assertThat(attempt).isGreaterThan(5);
        }

        private void copySome(boolean lost) throws Exception {
            Producer<String, String> producer = started();
            Consumer<String, String> consumer =
                    consumer("read_committed", Map.of("group.id", topic + group, "max.poll.records", 20));
            TopicPartition from = new TopicPartition(topic, 0);
            consumer.assign(List.of(from));
            producer.beginTransaction();
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                producer.send(new ProducerRecord<>(topic, 1, null, record.value()));
            }
            producer.sendOffsetsToTransaction(
                    Map.of(from, new OffsetAndMetadata(consumer.position(from))), consumer.groupMetadata());
            producer.flush();
            if (!lost) {
                producer.commitTransaction();
            }
        }
    }

    @Nested
    class fences {

        @Test
        void a_producer_whose_id_another_has_taken_over() throws Exception {
            Producer<String, String> first = started();
            first.beginTransaction();
            send(first, "lost");
            Producer<String, String> second = started();
            second.beginTransaction();
            send(second, "kept");

            assertThatThrownBy(first::commitTransaction)
                    .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
            second.commitTransaction();
            await().untilAsserted(() -> assertThat(committed()).containsExactly("kept"));
        }

        @Test
        void a_record_of_a_producer_whose_id_another_has_taken_over() throws Exception {
            Producer<String, String> first = started();
            first.beginTransaction();
            send(first, "lost");
            started();

            assertThatThrownBy(() -> send(first, "too late")).hasCauseInstanceOf(InvalidProducerEpochException.class);
            assertThat(uncommitted()).containsExactly("lost");
        }

        @Test
        void the_producers_of_an_id_at_the_word_of_an_operator() throws Exception {
            Producer<String, String> first = started();
            first.beginTransaction();
            send(first, "lost");
            admin.fenceProducers(List.of(id)).all().get();

            assertThatThrownBy(first::commitTransaction).isInstanceOf(KafkaException.class);
            await().untilAsserted(() -> assertThat(committed()).isEmpty());
        }

        @Test
        void a_producer_that_takes_too_long() throws Exception {
            Producer<String, String> slow = producer(Map.of("transaction.timeout.ms", 300));
            slow.initTransactions();
            slow.beginTransaction();
            send(slow, "lost");
            await().untilAsserted(() -> assertThat(describe().state()).isEqualTo(TransactionState.COMPLETE_ABORT));

            // Not fenced: under transaction.version 2 the retry of its own abort would be told the same (KIP-890).
            assertThatThrownBy(slow::commitTransaction).isInstanceOf(InvalidTxnStateException.class);
            assertThat(committed()).isEmpty();

            Producer<String, String> next = started();
            next.beginTransaction();
            send(next, "kept");
            next.commitTransaction();
            await().untilAsserted(() -> assertThat(committed()).containsExactly("kept"));
        }
    }

    @Test
    void refuses_a_timeout_beyond_its_own() {
        Producer<String, String> producer = producer(Map.of("transaction.timeout.ms", 900_001));

        assertThatThrownBy(producer::initTransactions).hasMessageContaining("transaction.max.timeout.ms");
    }

    @Test
    void takes_one_transaction_after_the_other() throws Exception {
        Producer<String, String> producer = started();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, null, "" + i));
            // The client may let a commit overtake the records that were sent just before it; see docs/clients.md.
            producer.flush();
            producer.commitTransaction();
            expected.add("" + i);
        }

        await().untilAsserted(() -> assertThat(committed()).isEqualTo(expected));
    }

    @Nested
    class tells_operators {

        @Test
        void which_transactions_there_are() throws Exception {
            Producer<String, String> producer = started();
            producer.beginTransaction();
            send(producer, "a");

            assertThat(admin.listTransactions(
                                    new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING)))
                            .all()
                            .get())
                    .extracting(TransactionListing::transactionalId)
                    .contains(id);
            assertThat(admin.listTransactions(
                                    new ListTransactionsOptions().filterOnTransactionalIdPattern("which_.*-id"))
                            .all()
                            .get())
                    .extracting(TransactionListing::transactionalId)
                    .containsExactly(id);
        }

        @Test
        void all_about_one() throws Exception {
            Producer<String, String> producer = started();
            producer.beginTransaction();
            send(producer, "a");
            TransactionDescription description = describe();

            assertThat(description.state()).isEqualTo(TransactionState.ONGOING);
            assertThat(description.topicPartitions()).containsExactly(partition);
            assertThat(description.transactionTimeoutMs()).isEqualTo(60_000);
            assertThat(description.transactionStartTimeMs()).isPresent();
        }

        @Test
        void what_to_abort_and_aborts_it() throws Exception {
            Producer<String, String> producer = started();
            producer.beginTransaction();
            send(producer, "hanging");
            ProducerState hanging = admin.describeProducers(List.of(partition))
                    .partitionResult(partition)
                    .get()
                    .activeProducers()
                    .get(0);
            assertThat(hanging.currentTransactionStartOffset()).hasValue(0);
            admin.abortTransaction(new AbortTransactionSpec(
                            partition,
                            hanging.producerId(),
                            (short) hanging.producerEpoch(),
                            hanging.coordinatorEpoch().orElse(0)))
                    .all()
                    .get();

            assertThat(admin.listOffsets(
                                    Map.of(partition, OffsetSpec.latest()),
                                    new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                            .partitionResult(partition)
                            .get()
                            .offset())
                    .isEqualTo(2);
        }
    }

    @Test
    void gives_every_idempotent_producer_an_id_of_its_own() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (Producer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers(), "enable.idempotence", true),
                    new StringSerializer(),
                    new StringSerializer())) {
                send(producer, "" + i);
            }
        }
        List<ProducerState> producers = new ArrayList<>(admin.describeProducers(List.of(partition))
                .partitionResult(partition)
                .get()
                .activeProducers());

        assertThat(producers)
                .extracting(ProducerState::producerId)
                .doesNotHaveDuplicates()
                .hasSize(3);
    }
}
