package dev.millrace.broker.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** As many records as one client gets through, and what the server spends on them. */
final class Throughput {

    /** @param cpuSecondsPerMillion of the server alone */
    record Figures(double recordsPerSecond, double cpuSecondsPerMillion) {}

    private Throughput() {}

    static Figures produce(
            BenchedBroker broker, String topic, int records, int valueBytes, int batchBytes, int lingerMs)
            throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "acks",
                "all",
                "batch.size",
                batchBytes,
                "linger.ms",
                lingerMs,
                "buffer.memory",
                64 << 20);
        var failure = new AtomicReference<Exception>();
        byte[] value = new byte[valueBytes];
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(topic);
            return measured(broker, records, () -> {
                for (int i = 0; i < records; i++) {
                    producer.send(new ProducerRecord<>(topic, value), (sent, e) -> failure.compareAndSet(null, e));
                }
                producer.flush();
                if (failure.get() != null) {
                    throw failure.get();
                }
            });
        }
    }

    static Figures consume(BenchedBroker broker, String topic, int partitions, int records) throws Exception {
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            return measured(broker, records, () -> {
                for (int received = 0; received < records; ) {
                    received += consumer.poll(Duration.ofSeconds(5)).count();
                }
            });
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private static Figures measured(BenchedBroker broker, int records, Work work) throws Exception {
        Duration cpu = broker.cpu();
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpuSeconds = broker.cpu().minus(cpu).toMillis() / 1e3;
        return new Figures(records / seconds, cpuSeconds * 1e6 / records);
    }
}
