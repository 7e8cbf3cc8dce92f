package dev.millrace.streams.conformance;

import dev.millrace.broker.Broker;
import dev.millrace.broker.BrokerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A broker to run against, and plain clients to look at it with: a Millrace of this test's own, or the one that the system
 * property {@code millrace.conformance.bootstrap} points at, so that the same tests run on Apache Kafka.
 */
public final class TestCluster implements AutoCloseable {

    private static final String ELSEWHERE = System.getProperty("millrace.conformance.bootstrap", "");

    private final String bootstrap;
    private final Optional<Broker> broker;
    private final Path folder;
    private final Admin admin;

    public TestCluster() {
        this(ELSEWHERE);
    }

    /** @param elsewhere where a broker is that someone else looks after; empty to start one here */
    public TestCluster(String elsewhere) {
        try {
            folder = Files.createTempDirectory("millrace-streams-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        broker = elsewhere.isEmpty() ? Optional.of(start(folder)) : Optional.empty();
        bootstrap = broker.map(Broker::bootstrapServers).orElse(elsewhere);
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    private static Broker start(Path folder) {
        return Broker.start(BrokerConfig.parse(Map.of(
                "log.dirs", folder.resolve("data").toString(),
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "process.roles", "broker,controller",
                "group.initial.rebalance.delay.ms", "0",
                "offsets.topic.num.partitions", "3",
                "transaction.state.log.num.partitions", "3")));
    }

    public String bootstrap() {
        return bootstrap;
    }

    public Path folder(String name) {
        return folder.resolve(name);
    }

    /** A topic under a name that no other test has. */
    String newTopic(String name, int partitions) {
        String unique = name + "-" + UUID.randomUUID().toString().substring(0, 8);
        try {
            admin.createTopics(List.of(new NewTopic(unique, Optional.of(partitions), Optional.empty())
                            .configs(Map.of("retention.ms", "-1"))))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return unique;
    }

    public void produce(String topic, List<Event> events) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "linger.ms", 5),
                new StringSerializer(),
                new StringSerializer())) {
            for (Event event : events) {
                producer.send(new ProducerRecord<>(topic, null, event.timestampMs(), event.key(), event.value()));
            }
            producer.flush();
        }
    }

    /** Everything that is committed in the topic now, in the order of each partition. */
    List<ConsumerRecord<String, Long>> readCommitted(String topic) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("isolation.level", "read_committed");
        config.put("auto.offset.reset", "earliest");
        var records = new ArrayList<ConsumerRecord<String, Long>>();
        try (var consumer = new KafkaConsumer<>(
                config, Serdes.String().deserializer(), Serdes.Long().deserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    /** Everything in the topic now as bytes. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    @Override
    public void close() {
        admin.close();
        broker.ifPresent(Broker::close);
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
