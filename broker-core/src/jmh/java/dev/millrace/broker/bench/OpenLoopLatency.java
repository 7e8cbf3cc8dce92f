package dev.millrace.broker.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * From producer to consumer at a fixed rate, whatever the broker does meanwhile. A record carries the time when it was due;
 * were its clock to start when it is sent, a stall would delay the records behind it and hide itself (coordinated omission).
 */
final class OpenLoopLatency {

    private static final int VALUE_BYTES = 100;

    private OpenLoopLatency() {}

    /**
     * @param topic with one partition, empty
     * @return microseconds, one value a record
     */
    static Histogram measure(String bootstrapServers, String topic, int recordsPerSecond, Duration time)
            throws Exception {
        int records = Math.toIntExact(recordsPerSecond * time.toSeconds());
        int warmUp = records / 5;
        var histogram = new Histogram(3);
        var executor = Executors.newSingleThreadExecutor();
        try (var consumer = consumer(bootstrapServers, topic);
                var producer = producer(bootstrapServers)) {
            Future<?> sent = executor.submit(send(producer, topic, recordsPerSecond, warmUp + records));
            for (int received = 0; received < warmUp + records; ) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(5))) {
                    long dueNanos = ByteBuffer.wrap(record.value()).getLong();
                    if (received++ >= warmUp) {
                        histogram.recordValue(Math.max(0, System.nanoTime() - dueNanos) / 1000);
                    }
                }
            }
            sent.get();
        } finally {
            executor.shutdownNow();
        }
        return histogram;
    }

    private static Callable<Void> send(
            KafkaProducer<byte[], byte[]> producer, String topic, int recordsPerSecond, int records) {
        return () -> {
            long startNanos = System.nanoTime();
            for (long i = 0; i < records; i++) {
                long dueNanos = startNanos + i * 1_000_000_000L / recordsPerSecond;
                for (long early = dueNanos - System.nanoTime(); early > 0; early = dueNanos - System.nanoTime()) {
                    LockSupport.parkNanos(early);
                }
                byte[] value = new byte[VALUE_BYTES];
                ByteBuffer.wrap(value).putLong(dueNanos);
                producer.send(new ProducerRecord<>(topic, value));
            }
            producer.flush();
            return null;
        };
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, String topic) {
        var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        var partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        consumer.position(partition);
        return consumer;
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
