package dev.millrace.streams.process;

import java.util.ArrayDeque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Records of one partition that wait to be processed, in the lists in which they were polled. Only the first one is
 * deserialized: its event time decides whose turn it is.
 */
final class InputQueue {

    static final long NO_TIMESTAMP = -1;

    final TopicPartition partition;
    final SourceProcessor source;
    private final TaskContext context;
    private final ArrayDeque<List<ConsumerRecord<byte[], byte[]>>> batches = new ArrayDeque<>();
    private List<ConsumerRecord<byte[], byte[]>> batch = List.of();
    private int next;
    private int waiting;

    /** The record whose turn it is, if {@link #headTimestampMs} is not {@link #NO_TIMESTAMP}. */
    private @Nullable ConsumerRecord<byte[], byte[]> head;

    private @Nullable Object headKey;
    private @Nullable Object headValue;
    private long headTimestampMs = NO_TIMESTAMP;
    private long partitionTimeMs;

    InputQueue(TopicPartition partition, SourceProcessor source, TaskContext context, long partitionTimeMs) {
        this.partition = partition;
        this.source = source;
        this.context = context;
        this.partitionTimeMs = partitionTimeMs;
    }

    void add(List<ConsumerRecord<byte[], byte[]>> polled) {
        if (!polled.isEmpty()) {
            batches.add(polled);
            waiting += polled.size();
        }
    }

    int size() {
        return waiting + (head == null ? 0 : 1);
    }

    long partitionTimeMs() {
        return partitionTimeMs;
    }

    /** Offset of the first record that has not been processed, or -1 if all have. */
    long firstWaitingOffset() {
        if (head != null) {
            return head.offset();
        }
        if (next < batch.size()) {
            return batch.get(next).offset();
        }
        List<ConsumerRecord<byte[], byte[]>> first = batches.peek();
        return first == null ? -1 : first.get(0).offset();
    }

    /** Event time of the record whose turn it is; -1 if none waits. Leaves out records that can't be read. */
    long headTimestampMs() {
        while (head == null && waiting > 0) {
            prepare(take());
        }
        return head == null ? NO_TIMESTAMP : headTimestampMs;
    }

    /** Runs the head through the task. */
    @SuppressWarnings("NullAway") // Keys and values may be null, and user functions get them as they are.
    void processHead() {
        ConsumerRecord<byte[], byte[]> record = head;
        if (record == null) {
            throw new IllegalStateException("Nothing waits in " + partition);
        }
        head = null;
        partitionTimeMs = Math.max(partitionTimeMs, headTimestampMs);
        context.at(record);
        source.process(headKey, headValue, headTimestampMs);
    }

    private ConsumerRecord<byte[], byte[]> take() {
        if (next == batch.size()) {
            batch = batches.remove();
            next = 0;
        }
        waiting--;
        return batch.get(next++);
    }

    @SuppressWarnings("NullAway") // Deserializers are given null for null.
    private void prepare(ConsumerRecord<byte[], byte[]> record) {
        Object key;
        Object value;
        String part = "key";
        try {
            byte[] keyBytes = record.key();
            key = keyBytes == null
                    ? null
                    : source.keyDeserializer.deserialize(record.topic(), record.headers(), keyBytes);
            part = "value";
            byte[] valueBytes = record.value();
            value = valueBytes == null
                    ? null
                    : source.valueDeserializer.deserialize(record.topic(), record.headers(), valueBytes);
            part = "timestamp";
            headTimestampMs = source.timestampOf(record, key, value, partitionTimeMs);
        } catch (RuntimeException e) {
            context.deserializationFailed(record, part, e);
            return;
        }
        if (headTimestampMs < 0) {
            context.droppedInvalid();
            return;
        }
        head = record;
        headKey = key;
        headValue = value;
    }
}
