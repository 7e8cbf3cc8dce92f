package dev.millrace.connect.task;

import dev.millrace.connect.plan.TaskId;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that is given up, and why.
 *
 * @param executing the plugin at work
 * @param consumed the record as it was read; null in a source
 * @param source the record as the connector returned it; null in a sink
 */
public record FailedRecord(
        TaskId task,
        Stage stage,
        Class<?> executing,
        Throwable error,
        @Nullable ConsumerRecord<byte[], byte[]> consumed,
        @Nullable SourceRecord source) {}
