package dev.millrace.broker;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A Kafka consumer that is polled whenever the test waits, and remembers what happened to it. On the test's thread. */
final class PolledConsumer implements AutoCloseable, ConsumerRebalanceListener {

    final KafkaConsumer<String, String> consumer;
    final List<String> values = new ArrayList<>();
    final List<TopicPartition> revoked = new ArrayList<>();
    final List<TopicPartition> lost = new ArrayList<>();

    PolledConsumer(String bootstrapServers, String groupId, Map<String, Object> config) {
        Map<String, Object> all = new HashMap<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.GROUP_ID_CONFIG,
                groupId,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                2_000,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                100,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                20,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false));
        if ("consumer".equals(config.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG))) {
            // Of the new protocol (KIP-848) these are the broker's to set.
            all.remove(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
            all.remove(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);
        }
        all.putAll(config);
        consumer = new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    PolledConsumer subscribe(String... topics) {
        consumer.subscribe(List.of(topics), this);
        return this;
    }

    PolledConsumer subscribe(SubscriptionPattern pattern) {
        consumer.subscribe(pattern, this);
        return this;
    }

    Set<TopicPartition> assignment() {
        return consumer.assignment();
    }

    void poll() {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(20))) {
            values.add(record.value());
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        revoked.addAll(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        lost.addAll(partitions);
    }

    @Override
    public void close() {
        consumer.close();
    }

    /** Polls all of them until the condition holds. */
    static void until(Callable<Boolean> condition, PolledConsumer... members) {
        await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    for (PolledConsumer member : members) {
                        member.poll();
                    }
                    return condition.call();
                });
    }

    /** Polls all of them until each has as many partitions as any other, and all partitions are theirs. */
    static void untilShared(int partitions, PolledConsumer... members) {
        until(
                () -> Stream.of(members).allMatch(member -> member.assignment().size() == partitions / members.length)
                        && Stream.of(members)
                                        .flatMap(member -> member.assignment().stream())
                                        .collect(Collectors.toSet())
                                        .size()
                                == partitions,
                members);
    }

    static Set<String> valuesOf(PolledConsumer... members) {
        return Stream.of(members)
                .flatMap(member -> member.values.stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
