package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The feature transaction.version, and what the Java client makes of it. */
@Timeout(60)
class A_transaction_version_that_changes {

    private static final String TOPIC = "orders";
    private static final String FEATURE = "transaction.version";
    private static final int PARTITIONS = 2;

    @TempDir
    Path directory;

    private RunningBroker broker;
    private final List<Producer<String, String>> producers = new ArrayList<>();
    private final List<String> expected = new ArrayList<>();
    private int written;

    @BeforeEach
    void start() throws Exception {
        broker = RunningBroker.in(directory);
        broker.createTopic(TOPIC, PARTITIONS);
    }

    @AfterEach
    void stop() {
        producers.forEach(producer -> producer.close(Duration.ZERO));
        broker.close();
    }

    private void level(int level) throws Exception {
        FeatureUpdate.UpgradeType type =
                level < level() ? FeatureUpdate.UpgradeType.SAFE_DOWNGRADE : FeatureUpdate.UpgradeType.UPGRADE;
        broker.admin()
                .updateFeatures(Map.of(FEATURE, new FeatureUpdate((short) level, type)), new UpdateFeaturesOptions())
                .all()
                .get();
    }

    private int level() throws Exception {
        FeatureMetadata features =
                broker.admin().describeFeatures().featureMetadata().get();
        FinalizedVersionRange range = features.finalizedFeatures().get(FEATURE);
        return range == null ? 0 : range.maxVersionLevel();
    }

    private Producer<String, String> startProducer(String id) {
        Producer<String, String> producer = broker.producer(Map.of("transactional.id", id, "linger.ms", 0));
        producers.add(producer);
        producer.initTransactions();
        return producer;
    }

    /** Two transactions of each kind, on all partitions, with offsets. */
    private void writeWith(Producer<String, String> producer) throws Exception {
        for (int i = 0; i < 4; i++) {
            producer.beginTransaction();
            String value = "value-" + written++;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                producer.send(new ProducerRecord<>(TOPIC, partition, null, value));
            }
            producer.sendOffsetsToTransaction(
                    Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(written)), copiers());
            if (i % 2 == 0) {
                producer.commitTransaction();
                expected.add(value);
            } else {
                producer.abortTransaction();
            }
        }
    }

    /** Of a group that has no members: the consumer need not join to commit for it. */
    private ConsumerGroupMetadata copiers() {
        try (Consumer<String, String> consumer = broker.consumer(Map.of("group.id", "copiers"))) {
            return consumer.groupMetadata();
        }
    }

    private short epochOf(String id) throws Exception {
        return (short) broker.admin()
                .describeTransactions(List.of(id))
                .description(id)
                .get()
                .producerEpoch();
    }

    private void expectAll() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            TopicPartition each = new TopicPartition(TOPIC, partition);
            await().untilAsserted(() -> assertThat(committed(each)).isEqualTo(expected));
        }
    }

    private List<String> committed(TopicPartition partition) throws Exception {
        long end = broker.admin()
                .listOffsets(
                        Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(partition)
                .get()
                .offset();
        List<String> values = new ArrayList<>();
        try (Consumer<String, String> consumer =
                broker.consumer(Map.of("isolation.level", "read_committed", "enable.auto.commit", false))) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }

    @Test
    void raises_the_epoch_with_every_transaction_at_2() throws Exception {
        writeWith(startProducer("copier"));

        assertThat(epochOf("copier")).isEqualTo((short) 4);
        expectAll();
    }

    @Test
    void keeps_the_epoch_at_1_and_at_0() throws Exception {
        for (int level = 1; level >= 0; level--) {
            level(level);
            writeWith(startProducer("copier-" + level));
            assertThat(epochOf("copier-" + level)).isZero();
        }
        expectAll();
    }

    @Test
    void is_not_noticed_by_producers_that_run_while_it_changes() throws Exception {
        Producer<String, String> first = startProducer("first");
        for (int level : new int[] {2, 1, 2, 0, 2}) {
            if (level != level()) {
                level(level);
            }
            writeWith(first);
            writeWith(startProducer("later-" + written));
        }
        expectAll();
    }

    @Test
    void changes_in_the_middle_of_a_transaction() throws Exception {
        Producer<String, String> producer = startProducer("copier");
        for (int level : new int[] {1, 2, 0, 2}) {
            producer.beginTransaction();
            String value = "value-" + written++;
            producer.send(new ProducerRecord<>(TOPIC, 0, null, value)).get();
            level(level);
            producer.send(new ProducerRecord<>(TOPIC, 1, null, value)).get();
            producer.commitTransaction();
            expected.add(value);
        }
        expectAll();
    }

    @Test
    void is_what_it_was_when_the_broker_starts_again() throws Exception {
        level(1);
        stop();
        broker = RunningBroker.in(directory);
        assertThat(level()).isEqualTo(1);

        writeWith(startProducer("copier"));
        assertThat(epochOf("copier")).isZero();
        expectAll();
    }
}
