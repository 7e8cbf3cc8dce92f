package dev.millrace.broker.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What a read_committed consumer sees of a topic from its beginning on, be it while it is written or afterwards. */
final class Reading extends Load {

    private static final long DRAIN_SECONDS_MAX = 100;

    record Seen(long offset, String value) {}

    private final KafkaConsumer<String, String> consumer;
    private final List<List<Seen>> seen = new ArrayList<>();

    Reading(String name, String bootstrapServers, String topic, int partitions) {
        super(name);
        List<TopicPartition> assigned = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            assigned.add(new TopicPartition(topic, i));
            seen.add(new ArrayList<>());
        }
        consumer = new KafkaConsumer<>(
                config(
                        bootstrapServers,
                        Map.of(
                                "isolation.level",
                                "read_committed",
                                "auto.offset.reset",
                                "none",
                                "default.api.timeout.ms",
                                PATIENCE_MS)),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.assign(assigned);
        assigned.forEach(partition -> consumer.seek(partition, 0));
    }

    static Map<String, Object> config(String bootstrapServers, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "reconnect.backoff.ms",
                20,
                "reconnect.backoff.max.ms",
                100,
                "fetch.max.wait.ms",
                100));
        config.putAll(more);
        return config;
    }

    @Override
    void step() {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
            seen.get(record.partition()).add(new Seen(record.offset(), record.value()));
        }
    }

    @Override
    void finish() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS_MAX);
        while (lag() > 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The end can't be reached: "
                        + consumer.endOffsets(consumer.assignment()) + ", come to "
                        + consumer.assignment().stream().map(consumer::position).toList());
            }
            step();
        }
        consumer.close();
    }

    private long lag() {
        long lag = 0;
        for (Map.Entry<TopicPartition, Long> end :
                consumer.endOffsets(consumer.assignment()).entrySet()) {
            lag += end.getValue() - consumer.position(end.getKey());
        }
        return lag;
    }

    /** By partition, in the order of arrival. After the end. */
    List<List<Seen>> seen() {
        return seen;
    }
}
