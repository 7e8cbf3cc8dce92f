package dev.millrace.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One of two log dirs is gone from one moment to the next, as when a disk is pulled: the directory has another name. Its
 * topic is "lost", the other's is "kept"; both were moved there while they were written to.
 */
@Tag("chaos")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class A_broker_that_loses_a_log_dir {

    private static final int PARTITIONS = 3;
    private static final int RECORDS = 300;
    private static final short PRODUCE_VERSION = 12;
    private static final Logger CLIENTS = Logger.getLogger("org.apache.kafka");

    private interface Condition {
        boolean holds() throws Exception;
    }

    @TempDir
    Path folder;

    private Path sound;
    private Path failing;
    private Path away;
    private final Map<TopicPartition, Map<Long, String>> acknowledged = new HashMap<>();

    @BeforeEach
    void name_directories() {
        CLIENTS.setLevel(Level.SEVERE);
        sound = folder.resolve("sound");
        failing = folder.resolve("failing");
        away = folder.resolve("away");
    }

    @Test
    void goes_on_with_the_other_and_has_all_again_once_it_is_back() throws Exception {
        Map<String, String> settings =
                Map.of("process.roles", "broker,controller", "log.dirs", sound + "," + failing, "node.id", "1");
        try (KillableBroker broker = new KillableBroker(folder, settings)) {
            broker.awaitReady();
            Random random = new Random(ThreadLocalRandom.current().nextLong());
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                admin.createTopics(List.of(
                                new NewTopic("kept", PARTITIONS, (short) 1),
                                new NewTopic("lost", PARTITIONS, (short) 1)))
                        .all()
                        .get();
                IdempotentLoad load = new IdempotentLoad("load", broker.bootstrapServers(), "kept", PARTITIONS, random);
                try (load) {
                    load.start();
                    awaitProgress(load);
                    writeToTheLostTopic(broker);
                    move(admin, "kept", sound);
                    move(admin, "lost", failing);
                    awaitProgress(load);

                    Files.move(failing, away);
                    await(() -> isOffline(admin));
                    assertThat(answersOfTheLostTopic(broker)).containsOnly(Errors.KAFKA_STORAGE_ERROR);
                    awaitProgress(load);

                    broker.kill();
                    broker.start();
                    broker.awaitReady();
                    assertThat(answersOfTheLostTopic(broker)).containsOnly(Errors.KAFKA_STORAGE_ERROR);
                    awaitProgress(load);

                    broker.terminate();
                    if (Files.exists(failing)) {
                        Files.move(failing, folder.resolve("made anew"));
                    }
                    Files.move(away, failing);
                    broker.start();
                    broker.awaitReady();
                    awaitProgress(load);
                    load.end();
                }
                assertThat(new History(read(broker, "kept")).violations(List.of(load), List.of()))
                        .isEmpty();
                List<List<Reading.Seen>> lost = read(broker, "lost");
                acknowledged.forEach((partition, values) -> {
                    Map<Long, String> seen = new HashMap<>();
                    lost.get(partition.partition()).forEach(record -> seen.put(record.offset(), record.value()));
                    assertThat(seen).as(partition.toString()).isEqualTo(values);
                });
            }
        }
    }

    private static void awaitProgress(IdempotentLoad load) throws Exception {
        long before = load.acknowledged();
        await(() -> {
            load.check();
            return load.acknowledged() > before + 100;
        });
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("within a minute and a half").isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private void writeToTheLostTopic(KillableBroker broker) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                RecordMetadata told = producer.send(new ProducerRecord<>("lost", i % PARTITIONS, null, "r:" + i))
                        .get();
                acknowledged
                        .computeIfAbsent(new TopicPartition("lost", told.partition()), unused -> new HashMap<>())
                        .put(told.offset(), "r:" + i);
            }
        }
    }

    private static void move(Admin admin, String topic, Path to) throws Exception {
        Map<TopicPartitionReplica, String> wanted = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            wanted.put(new TopicPartitionReplica(topic, partition, 1), to.toString());
        }
        admin.alterReplicaLogDirs(wanted).all().get();
        await(() -> {
            LogDirDescription dir = describe(admin, to);
            return wanted.keySet().stream()
                    .map(replica -> dir.replicaInfos().get(new TopicPartition(topic, replica.partition())))
                    .allMatch(replica -> replica != null && !replica.isFuture());
        });
    }

    private static LogDirDescription describe(Admin admin, Path dir) throws Exception {
        return admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1).get(dir.toString());
    }

    private boolean isOffline(Admin admin) throws Exception {
        return describe(admin, failing).error() instanceof KafkaStorageException;
    }

    /** As a client is answered that does not know yet that there is no leader. */
    private static List<Errors> answersOfTheLostTopic(KillableBroker broker) throws IOException {
        ProduceRequestData.TopicProduceData topic = new ProduceRequestData.TopicProduceData().setName("lost");
        for (int partition = 0; partition < PARTITIONS; partition++) {
            topic.partitionData()
                    .add(new ProduceRequestData.PartitionProduceData()
                            .setIndex(partition)
                            .setRecords(MemoryRecords.withRecords(
                                    Compression.NONE, new SimpleRecord("too late".getBytes(StandardCharsets.UTF_8)))));
        }
        ProduceRequestData data = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(10_000);
        data.topicData().add(topic);
        RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, PRODUCE_VERSION, "late", 1);
        ByteBuffer request = new ProduceRequest.Builder(PRODUCE_VERSION, PRODUCE_VERSION, data)
                .build(PRODUCE_VERSION)
                .serializeWithHeader(header);
        ProduceResponse response = (ProduceResponse) AbstractResponse.parseResponse(exchange(broker, request), header);
        return response.data().responses().stream()
                .flatMap(each -> each.partitionResponses().stream())
                .map(each -> Errors.forCode(each.errorCode()))
                .toList();
    }

    private static ByteBuffer exchange(KillableBroker broker, ByteBuffer request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            byte[] bytes = new byte[request.remaining()];
            request.get(bytes);
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(Integer.BYTES + bytes.length)
                            .putInt(bytes.length)
                            .put(bytes)
                            .array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readInt()];
            in.readFully(answer);
            return ByteBuffer.wrap(answer);
        }
    }

    private static List<List<Reading.Seen>> read(KillableBroker broker, String topic) throws Exception {
        Reading reading = new Reading("final", broker.bootstrapServers(), topic, PARTITIONS);
        reading.start();
        reading.end();
        return reading.seen();
    }
}
