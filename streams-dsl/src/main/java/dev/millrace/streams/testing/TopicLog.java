package dev.millrace.streams.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** The topics of a test, in memory: records by partition, and by topic in the order in which they were written. */
final class TopicLog {

    private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> partitions = new HashMap<>();
    private final Map<String, List<ConsumerRecord<byte[], byte[]>>> inOrder = new HashMap<>();

    List<ConsumerRecord<byte[], byte[]>> of(TopicPartition partition) {
        return partitions.computeIfAbsent(partition, fresh -> new ArrayList<>());
    }

    List<ConsumerRecord<byte[], byte[]>> of(String topic) {
        return inOrder.computeIfAbsent(topic, fresh -> new ArrayList<>());
    }

    void append(
            TopicPartition partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMs,
            @Nullable Headers headers) {
        List<ConsumerRecord<byte[], byte[]>> log = of(partition);
        var record = new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                log.size(),
                timestampMs,
                TimestampType.CREATE_TIME,
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                orNull(key),
                orNull(value),
                headers == null ? new RecordHeaders() : new RecordHeaders(headers),
                Optional.empty());
        log.add(record);
        of(partition.topic()).add(record);
    }

    /** By the key's hash as Kafka's own producer has it; records without a key go round. */
    int partitionFor(String topic, byte @Nullable [] key, int count) {
        return key == null ? of(topic).size() % count : Utils.toPositive(Utils.murmur2(key)) % count;
    }

    @SuppressWarnings("NullAway") // Keys and values of records may be null, which kafka-clients does not annotate.
    private static byte[] orNull(byte @Nullable [] bytes) {
        return bytes;
    }
}
