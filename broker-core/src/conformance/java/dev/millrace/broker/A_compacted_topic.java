package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What remains, offset by offset, is what Apache Kafka leaves of the same records. */
class A_compacted_topic {

    private static final TopicPartition PARTITION = new TopicPartition("settings", 0);
    private static final Map<String, String> EAGER = Map.of("log.cleaner.backoff.ms", "50");

    /** By these a segment is rolled, so the records need no real time to pass. */
    private static final long SEGMENT_MS = 1000;

    private static void create(RunningBroker broker) throws Exception {
        broker.admin()
                .createTopics(List.of(new NewTopic("settings", 1, (short) 1)
                        .configs(Map.of(
                                "cleanup.policy",
                                "compact",
                                "segment.ms",
                                Long.toString(SEGMENT_MS),
                                "min.cleanable.dirty.ratio",
                                "0.01"))))
                .all()
                .get();
    }

    private static void send(KafkaProducer<String, String> producer, long timestampMs, String key, String value)
            throws ExecutionException, InterruptedException {
        producer.send(new ProducerRecord<>("settings", 0, timestampMs, key, value))
                .get();
    }

    private static List<String> read(RunningBroker broker, String isolation) {
        try (KafkaConsumer<String, String> consumer = broker.consumer(Map.of("isolation.level", isolation))) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
            List<String> records = new ArrayList<>();
            while (consumer.position(PARTITION) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    records.add(record.offset() + ":" + record.key() + "=" + record.value());
                }
            }
            return records;
        }
    }

    private static void fill(RunningBroker broker, long timestampMs) throws Exception {
        try (KafkaProducer<String, String> producer = broker.producer(Map.of("linger.ms", 0))) {
            for (int i = 0; i < 10; i++) {
                send(producer, timestampMs, "k" + i % 3, "v" + i);
            }
            send(producer, timestampMs, "k0", null);
        }
        try (KafkaProducer<String, String> producer =
                broker.producer(Map.of("linger.ms", 0, "transactional.id", "settings"))) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, timestampMs, "k1", "aborted");
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, timestampMs, "k2", "committed");
            send(producer, timestampMs, "k3", "committed");
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, timestampMs, "k3", "committed again");
            producer.commitTransaction();
        }
        try (KafkaProducer<String, String> producer = broker.producer(Map.of("linger.ms", 0))) {
            // Later than the markers, which have the time of the broker.
            send(producer, System.currentTimeMillis() + 100 * SEGMENT_MS, "roll", "1");
        }
    }

    @Test
    void keeps_the_last_committed_value_of_each_key(@TempDir Path directory) throws Exception {
        String[] left = {"7:k1=v7", "10:k0=null", "13:k2=committed", "16:k3=committed again", "18:roll=1"};
        long timestampMs = System.currentTimeMillis() - 100 * SEGMENT_MS;
        try (RunningBroker broker = RunningBroker.in(directory, EAGER)) {
            create(broker);
            fill(broker, timestampMs);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> read(broker, "read_uncommitted").size() == left.length);

            assertThat(read(broker, "read_uncommitted")).containsExactly(left);
            assertThat(read(broker, "read_committed")).containsExactly(left);
        }
        try (RunningBroker again = RunningBroker.in(directory, EAGER)) {
            assertThat(read(again, "read_committed")).containsExactly(left);
        }
    }

    @Test
    void takes_no_record_without_a_key(@TempDir Path directory) throws Exception {
        try (RunningBroker broker = RunningBroker.in(directory)) {
            create(broker);
            try (KafkaProducer<String, String> producer = broker.producer(Map.of())) {
                assertThatThrownBy(() -> send(producer, System.currentTimeMillis(), null, "v"))
                        .hasCauseInstanceOf(InvalidRecordException.class)
                        .hasMessageContaining("must have a key");
            }
        }
    }

    @Test
    void is_read_in_whatever_codec_it_is_stored(@TempDir Path directory) throws Exception {
        try (RunningBroker broker = RunningBroker.in(directory)) {
            broker.admin()
                    .createTopics(
                            List.of(new NewTopic("settings", 1, (short) 1).configs(Map.of("compression.type", "zstd"))))
                    .all()
                    .get();
            try (KafkaProducer<String, String> producer = broker.producer(Map.of("compression.type", "gzip"))) {
                send(producer, System.currentTimeMillis(), "a", "1");
                send(producer, System.currentTimeMillis(), "b", "2");
            }
            assertThat(read(broker, "read_committed")).containsExactly("0:a=1", "1:b=2");
        }
    }
}
