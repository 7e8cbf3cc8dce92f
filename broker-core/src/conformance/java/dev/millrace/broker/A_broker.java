package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the Java clients can do with one broker over real sockets. */
@Timeout(60)
class A_broker {

    @TempDir
    static Path directory;

    private static Broker broker;
    private static Admin admin;

    @BeforeAll
    static void start() {
        broker = Broker.start(BrokerConfig.parse(Map.of(
                "log.dirs", directory.toString(), "listeners", "PLAINTEXT://127.0.0.1:0", "num.partitions", "2")));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    private static Producer<byte[], byte[]> producer(Map<String, Object> config) {
        Map<String, Object> all = new java.util.HashMap<>(config);
        all.put("bootstrap.servers", broker.bootstrapServers());
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
        Map<String, Object> all = new java.util.HashMap<>(config);
        all.put("bootstrap.servers", broker.bootstrapServers());
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<String> read(TopicPartition partition, int count) {
        List<String> values = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = consumer(Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (values.size() < count) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(new String(record.value(), StandardCharsets.UTF_8));
                }
            }
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void gives_back_what_was_produced_whatever_its_compression(String compression) throws Exception {
        String topic = "compressed-" + compression;
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        List<String> expected = new ArrayList<>();
        try (Producer<byte[], byte[]> producer =
                producer(Map.of("compression.type", compression, "enable.idempotence", false, "linger.ms", 5))) {
            for (int i = 0; i < 2000; i++) {
                String value = "value number " + i;
                expected.add(value);
                producer.send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8)));
            }
        }
        assertThat(read(new TopicPartition(topic, 0), 2000)).isEqualTo(expected);
    }
}
