package dev.millrace.broker.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Copies a topic exactly once: what it reads, what it writes and how far it has come commit in one transaction. */
final class CopyingLoad extends Load {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long DRAIN_SECONDS_MAX = 100;

    private final String name;
    private final String bootstrapServers;
    private final String from;
    private final String to;
    private final List<String> surprises = new ArrayList<>();
    private KafkaProducer<String, String> producer;
    private KafkaConsumer<String, String> consumer;
    private final AtomicLong copied = new AtomicLong();

    CopyingLoad(String name, String bootstrapServers, String from, String to) {
        super(name);
        this.name = name;
        this.bootstrapServers = bootstrapServers;
        this.from = from;
        this.to = to;
    }

    @Override
    void step() {
        if (producer == null) {
            producer = producer(bootstrapServers, transactional(name));
            producer.initTransactions();
            consumer = consumer();
        }
        try {
            copySome();
        } catch (KafkaException e) {
            synchronized (this) {
                surprises.add(name + ": " + e);
            }
            producer.close(Duration.ZERO);
            consumer.close();
            producer = null;
        }
    }

    private KafkaConsumer<String, String> consumer() {
        KafkaConsumer<String, String> fresh = new KafkaConsumer<>(
                Reading.config(
                        bootstrapServers,
                        Map.of(
                                "group.id",
                                name,
                                "enable.auto.commit",
                                false,
                                "auto.offset.reset",
                                "earliest",
                                "default.api.timeout.ms",
                                PATIENCE_MS,
                                "isolation.level",
                                "read_committed")),
                new StringDeserializer(),
                new StringDeserializer());
        fresh.subscribe(List.of(from));
        return fresh;
    }

    private void copySome() {
        ConsumerRecords<String, String> records = consumer.poll(POLL);
        if (records.isEmpty()) {
            return;
        }
        producer.beginTransaction();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (ConsumerRecord<String, String> record : records) {
            producer.send(new ProducerRecord<>(to, record.partition(), null, record.value()));
            offsets.put(
                    new TopicPartition(from, record.partition()),
                    new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), ""));
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
        copied.addAndGet(records.count());
    }

    @Override
    void finish() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS_MAX);
        do {
            step();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(name + " does not reach the end of " + from);
            }
        } while (producer == null || lag() > 0);
        producer.close();
        consumer.close();
    }

    private long lag() {
        if (consumer.assignment().isEmpty()) {
            return Long.MAX_VALUE;
        }
        long lag = 0;
        for (Map.Entry<TopicPartition, Long> end :
                consumer.endOffsets(consumer.assignment()).entrySet()) {
            lag += end.getValue() - consumer.position(end.getKey());
        }
        return lag;
    }

    long copied() {
        return copied.get();
    }

    @Override
    long progress() {
        return copied();
    }

    /** Errors that end a session: the group has waited in vain for this member, and the like. */
    synchronized List<String> surprises() {
        return List.copyOf(surprises);
    }
}
