package dev.millrace.connect.worker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class A_storage_log {

    private static final TopicPartition CONFIGS = new TopicPartition("configs", 0);

    private final List<String> calls = new CopyOnWriteArrayList<>();

    /** A consumer that is woken while it looks up the ends for the first time. */
    private final class WokenConsumer extends MockConsumer<byte[], byte[]> {

        WokenConsumer() {
            super("earliest");
            updateBeginningOffsets(Map.of(CONFIGS, 0L));
            updateEndOffsets(Map.of(CONFIGS, 0L));
        }

        @Override
        public synchronized Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            calls.add("ends");
            if (calls.size() == 1) {
                throw new WakeupException();
            }
            return super.endOffsets(partitions);
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            calls.add("poll");
            return super.poll(timeout);
        }
    }

    @Test
    void that_is_woken_while_it_looks_for_the_end_looks_again_before_it_waits_for_records() {
        ByteArraySerializer bytes = new ByteArraySerializer();
        try (StorageLog log = new StorageLog(
                new WokenConsumer(),
                new MockProducer<>(true, null, bytes, bytes),
                Map.of(CONFIGS.topic(), record -> {}))) {
            log.start(Map.of(CONFIGS.topic(), 1));
        }
        assertThat(calls).startsWith("ends", "ends");
    }
}
