package dev.millrace.broker.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** Topics that come, grow and go while they are written to, and where each record that was acknowledged is. */
final class ChurnedTopics extends Load {

    static final String ALL = "churn-[ab]-\\d+";
    private static final int PARTITIONS_MAX = 8;
    private static final int TOPICS_MAX = 6;

    private final Admin admin;
    private final KafkaProducer<String, String> producer;
    private final Random random;
    private final Map<String, Integer> partitions = new LinkedHashMap<>();
    private final Map<TopicPartition, List<Long>> written = new LinkedHashMap<>();
    private int created;
    private int records;

    ChurnedTopics(String bootstrapServers, Admin admin, Random random) {
        super("topics");
        this.admin = admin;
        this.random = random;
        this.producer = producer(bootstrapServers, Map.of("metadata.max.age.ms", 1_000, "max.block.ms", 30_000));
    }

    synchronized String create(String kind) throws Exception {
        String name = "churn-" + kind + "-" + created++;
        int count = 1 + random.nextInt(3);
        admin.createTopics(List.of(new NewTopic(name, count, (short) 1))).all().get();
        partitions.put(name, count);
        return "create " + name + " with " + count;
    }

    synchronized String change(boolean mayDelete) throws Exception {
        String name = any();
        int count = partitions.get(name);
        if (count < PARTITIONS_MAX && random.nextBoolean()) {
            admin.createPartitions(Map.of(name, NewPartitions.increaseTo(count + 1)))
                    .all()
                    .get();
            partitions.put(name, count + 1);
            return "grow " + name + " to " + (count + 1);
        }
        if (partitions.size() < TOPICS_MAX && random.nextBoolean()) {
            return create(random.nextBoolean() ? "a" : "b");
        }
        if (partitions.size() <= 2 || !mayDelete) {
            return create("a");
        }
        partitions.remove(name);
        written.keySet().removeIf(partition -> partition.topic().equals(name));
        admin.deleteTopics(List.of(name)).all().get();
        return "delete " + name;
    }

    private String any() {
        List<String> names = List.copyOf(partitions.keySet());
        return names.get(random.nextInt(names.size()));
    }

    /** One after the other: nothing is on its way to a topic that is being deleted. */
    @Override
    synchronized void step() throws Exception {
        String topic = any();
        int partition = random.nextInt(partitions.get(topic));
        RecordMetadata at;
        try {
            at = producer.send(new ProducerRecord<>(topic, partition, null, "r" + records++))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A record for " + topic + "-" + partition + " was given up", e.getCause());
        }
        written.computeIfAbsent(new TopicPartition(topic, partition), unused -> new ArrayList<>())
                .add(at.offset());
    }

    @Override
    void finish() {
        producer.close();
    }

    /** Of the topics that are there. */
    synchronized List<TopicPartition> partitions() {
        List<TopicPartition> all = new ArrayList<>();
        partitions.forEach((topic, count) -> {
            for (int i = 0; i < count; i++) {
                all.add(new TopicPartition(topic, i));
            }
        });
        return all;
    }

    /** Records of topics that are there and that nobody has processed. */
    synchronized List<String> missing(ProcessedRecords processed) {
        List<String> missing = new ArrayList<>();
        written.forEach((partition, offsets) -> {
            for (long offset : offsets) {
                if (!processed.has(partition, offset)) {
                    missing.add(partition + "@" + offset);
                }
            }
        });
        return missing;
    }
}
