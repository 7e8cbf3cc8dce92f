package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.EndTxnResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** KAFKA-17754, with the Java client: an EndTxn that the network kept arrives when its producer has long gone on. */
@Timeout(60)
class A_delayed_end_of_a_transaction {

    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    private HoldingProxy proxy;
    private RunningBroker broker;
    private Producer<String, String> producer;

    @BeforeEach
    void start() throws Exception {
        proxy = new HoldingProxy();
        int port = freePort();
        proxy.connectTo(port);
        broker = RunningBroker.in(
                directory,
                Map.of(
                        "listeners", "PLAINTEXT://127.0.0.1:" + port,
                        "advertised.listeners", "PLAINTEXT://127.0.0.1:" + proxy.port()));
        broker.createTopic(PARTITION.topic(), 1);
    }

    private static int freePort() throws IOException {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void stop() throws IOException {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
        broker.close();
        proxy.close();
    }

    private void startProducer() {
        producer = broker.producer(Map.of("transactional.id", "copier", "linger.ms", 0, "retry.backoff.ms", 10));
        producer.initTransactions();
    }

    private void begin(String value) throws Exception {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, value)).get();
    }

    private Errors deliver(HoldingProxy.Held request) throws IOException {
        EndTxnResponse response = (EndTxnResponse)
                AbstractResponse.parseResponse(ByteBuffer.wrap(proxy.deliver(request)), request.header());
        return response.error();
    }

    private List<String> committed() throws Exception {
        long end = broker.admin()
                .listOffsets(
                        Map.of(PARTITION, org.apache.kafka.clients.admin.OffsetSpec.latest()),
                        new org.apache.kafka.clients.admin.ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(PARTITION)
                .get()
                .offset();
        List<String> values = new ArrayList<>();
        try (Consumer<String, String> consumer =
                broker.consumer(Map.of("isolation.level", "read_committed", "enable.auto.commit", false))) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            while (consumer.position(PARTITION) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }

    /** The commit of a first transaction is kept by the network; its retry arrived, and a second transaction is open. */
    private HoldingProxy.Held heldWhileTheNextTransactionIsOpen() throws Exception {
        startProducer();
        begin("first");
        proxy.swallowNext(ApiKeys.END_TXN);
        producer.commitTransaction();
        begin("second");
        assertThat(proxy.held()).hasSize(1);
        return proxy.held().get(0);
    }

    @Nested
    class under_transaction_version_2 {

        @Test
        void never_commits_the_transaction_after_it() throws Exception {
            HoldingProxy.Held late = heldWhileTheNextTransactionIsOpen();

            assertThat(deliver(late)).isEqualTo(Errors.PRODUCER_FENCED);
            producer.abortTransaction();
            begin("third");
            producer.commitTransaction();
            await().untilAsserted(() -> assertThat(committed()).containsExactly("first", "third"));
        }

        @Test
        void leaves_the_transaction_after_it_open_for_its_producer() throws Exception {
            HoldingProxy.Held late = heldWhileTheNextTransactionIsOpen();
            deliver(late);
            assertThat(committed()).containsExactly("first");

            producer.commitTransaction();
            await().untilAsserted(() -> assertThat(committed()).containsExactly("first", "second"));
        }

        @Test
        void may_be_any_of_many_and_come_many_times() throws Exception {
            proxy.copyAll(ApiKeys.END_TXN);
            startProducer();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                begin("value-" + i);
                for (HoldingProxy.Held late : proxy.held()) {
                    assertThat(deliver(late)).isNotEqualTo(Errors.NONE);
                }
                if (i % 3 == 0) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                    expected.add("value-" + i);
                }
            }
            await().untilAsserted(() -> assertThat(committed()).isEqualTo(expected));
        }
    }

    @Nested
    class under_transaction_version_1 {

        @BeforeEach
        void downgraded() throws Exception {
            broker.admin()
                    .updateFeatures(
                            Map.of(
                                    "transaction.version",
                                    new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE)),
                            new UpdateFeaturesOptions())
                    .all()
                    .get();
        }

        /** What is wrong with it: epoch and producer are the same for both. Apache Kafka does the same, hence version 2. */
        @Test
        void commits_the_transaction_after_it() throws Exception {
            HoldingProxy.Held late = heldWhileTheNextTransactionIsOpen();

            assertThat(deliver(late)).isEqualTo(Errors.NONE);
            await().untilAsserted(() -> assertThat(committed()).containsExactly("first", "second"));
        }
    }
}
