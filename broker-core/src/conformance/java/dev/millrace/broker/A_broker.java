package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the Java clients find on one broker over real sockets. */
@Timeout(60)
class A_broker {

    @TempDir
    static Path directory;

    private static RunningBroker broker;

    @BeforeAll
    static void start() {
        broker = RunningBroker.in(directory, Map.of("num.partitions", "2"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static List<String> values(int count) {
        return IntStream.range(0, count).mapToObj(i -> "value number " + i).toList();
    }

    private static void produce(String topic, List<String> values, Map<String, Object> config) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (Producer<String, String> producer = broker.producer(config)) {
            values.forEach(value -> sent.add(producer.send(new ProducerRecord<>(topic, value))));
        }
        for (Future<RecordMetadata> result : sent) {
            result.get();
        }
    }

    private static List<String> read(String topic, int count, Map<String, Object> config) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<String> values = new ArrayList<>();
        try (Consumer<String, String> consumer = broker.consumer(config)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (values.size() < count) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void gives_back_what_was_produced_whatever_its_compression(String compression) throws Exception {
        String topic = "compressed-" + compression;
        broker.createTopic(topic, 1);
        produce(topic, values(2000), Map.of("compression.type", compression, "linger.ms", 5));
        assertThat(read(topic, 2000, Map.of())).isEqualTo(values(2000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void keeps_the_order_of_what_is_in_flight_whatever_the_acks(String acks) throws Exception {
        String topic = "acks-" + acks;
        broker.createTopic(topic, 1);
        produce(
                topic,
                values(5000),
                Map.of(
                        "acks",
                        acks,
                        "enable.idempotence",
                        false,
                        "batch.size",
                        500,
                        "max.in.flight.requests.per.connection",
                        50));
        assertThat(read(topic, 5000, Map.of())).isEqualTo(values(5000));
    }

    @Test
    void creates_a_topic_when_it_is_first_used() throws Exception {
        produce("made-by-use", List.of("hello"), Map.of("acks", "1", "enable.idempotence", false));
        assertThat(broker.admin()
                        .describeTopics(List.of("made-by-use"))
                        .allTopicNames()
                        .get()
                        .get("made-by-use")
                        .partitions())
                .hasSize(2);
    }

    @Test
    void names_itself_as_the_cluster() throws Exception {
        var cluster = broker.admin().describeCluster();
        assertThat(cluster.clusterId().get()).isEqualTo(broker.clusterId());
        assertThat(cluster.nodes().get()).extracting(Node::port).containsExactly(broker.port());
        assertThat(cluster.controller().get().id()).isEqualTo(1);
    }

    @Test
    void takes_batches_up_to_the_limit_of_the_topic_and_no_larger_ones() throws Exception {
        broker.createTopic("large", 1);
        String megabyte = "x".repeat(1_000_000);
        Map<String, Object> config = Map.of("max.request.size", 50_000_000, "enable.idempotence", false);
        produce("large", List.of(megabyte, megabyte), config);
        assertThat(read("large", 2, Map.of("max.partition.fetch.bytes", 1000))).containsOnly(megabyte);
        assertThatThrownBy(() -> produce("large", List.of(megabyte + megabyte), config))
                .hasCauseInstanceOf(RecordTooLargeException.class);
    }

    @Test
    void takes_a_batch_of_many_megabytes_where_the_topic_allows_it() throws Exception {
        broker.admin()
                .createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic("huge", 1, (short) 1)
                        .configs(Map.of("max.message.bytes", "60000000"))))
                .all()
                .get();
        String huge = "y".repeat(40_000_000);
        produce(
                "huge",
                List.of(huge),
                Map.of("max.request.size", 50_000_000, "buffer.memory", 100_000_000L, "enable.idempotence", false));
        assertThat(read("huge", 1, Map.of()).get(0)).isEqualTo(huge);
    }

    @Test
    void hands_a_record_to_a_reader_that_is_waiting_for_it() throws Exception {
        broker.createTopic("awaited", 1);
        TopicPartition partition = new TopicPartition("awaited", 0);
        try (Consumer<String, String> consumer = broker.consumer(Map.of("fetch.max.wait.ms", 30_000));
                Producer<String, String> producer = broker.producer(Map.of("enable.idempotence", false))) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            assertThat(consumer.poll(Duration.ofMillis(200))).isEmpty();
            producer.send(new ProducerRecord<>("awaited", "here")).get();
            List<String> values = new ArrayList<>();
            while (values.isEmpty()) {
                consumer.poll(Duration.ofSeconds(10)).forEach(record -> values.add(record.value()));
            }
            assertThat(values).containsExactly("here");
        }
    }

    @Test
    void shares_partitions_among_the_members_of_a_group_and_keeps_their_offsets() throws Exception {
        broker.createTopic("shared", 4);
        try (Producer<String, String> producer = broker.producer(Map.of("enable.idempotence", false))) {
            for (int i = 0; i < 400; i++) {
                producer.send(new ProducerRecord<>("shared", i % 4, null, "value " + i));
            }
        }
        Map<String, Object> config = Map.of("group.id", "sharers", "auto.offset.reset", "earliest");
        Set<String> values = new HashSet<>();
        try (Consumer<String, String> first = broker.consumer(config);
                Consumer<String, String> second = broker.consumer(config)) {
            first.subscribe(List.of("shared"));
            second.subscribe(List.of("shared"));
            while (values.size() < 400
                    || first.assignment().size() != 2
                    || second.assignment().size() != 2) {
                first.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
                second.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
            first.commitSync();
            second.commitSync();
        }
        assertThat(broker.admin()
                        .listConsumerGroupOffsets("sharers")
                        .partitionsToOffsetAndMetadata()
                        .get())
                .hasSize(4)
                .allSatisfy((partition, offset) -> assertThat(offset.offset()).isEqualTo(100));
    }

    @Test
    void tells_what_is_wrong_with_a_request_in_the_terms_of_the_protocol() {
        assertThatThrownBy(() -> {
                    broker.createTopic("twice", 1);
                    broker.createTopic("twice", 1);
                })
                .hasCauseInstanceOf(TopicExistsException.class);
    }
}
