package dev.millrace.connect.task;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Writes the given-up records of a sink to a topic, as they were read, and if asked for with what happened in headers
 * (KIP-298). Thread-safe.
 */
public final class DeadLetterQueue implements ErrorReporter {

    private static final String PREFIX = "__connect.errors.";

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final boolean withContext;
    private final TaskCounters counters;

    public DeadLetterQueue(
            Producer<byte[], byte[]> producer, String topic, boolean withContext, TaskCounters counters) {
        this.producer = producer;
        this.topic = topic;
        this.withContext = withContext;
        this.counters = counters;
    }

    @Override
    public Future<?> report(FailedRecord failed) {
        ConsumerRecord<byte[], byte[]> consumed = failed.consumed();
        if (consumed == null) {
            return CompletableFuture.completedFuture(
                    null); // A record of a source: there is nothing to write as it was read.
        }
        Headers headers = new RecordHeaders(consumed.headers().toArray());
        if (withContext) {
            addContext(headers, failed, consumed);
        }
        Long timestamp = consumed.timestamp() < 0 ? null : consumed.timestamp();
        return producer.send(
                new ProducerRecord<>(topic, null, timestamp, consumed.key(), consumed.value(), headers),
                (metadata, error) -> {
                    if (error == null) {
                        counters.deadLetter();
                    }
                });
    }

    private static void addContext(Headers headers, FailedRecord failed, ConsumerRecord<byte[], byte[]> consumed) {
        add(headers, "topic", consumed.topic());
        add(headers, "partition", Integer.toString(consumed.partition()));
        add(headers, "offset", Long.toString(consumed.offset()));
        add(headers, "connector.name", failed.task().connector());
        add(headers, "task.id", Integer.toString(failed.task().task()));
        add(headers, "stage", failed.stage().name());
        add(headers, "class.name", failed.executing().getName());
        add(headers, "exception.class.name", failed.error().getClass().getName());
        add(headers, "exception.message", failed.error().getMessage());
        StringWriter trace = new StringWriter();
        failed.error().printStackTrace(new PrintWriter(trace, true));
        add(headers, "exception.stacktrace", trace.toString());
    }

    private static void add(Headers headers, String name, @Nullable String value) {
        headers.add(PREFIX + name, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }
}
