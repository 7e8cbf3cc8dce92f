package dev.millrace.streams.process;

import dev.millrace.streams.errors.RecordFailedException;
import dev.millrace.streams.plan.TaskId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the processors of a task share: the record in hand, the way out, and what happens to records that fail. */
final class TaskContext {

    private static final Logger LOG = LoggerFactory.getLogger(TaskContext.class);
    private static final String HEADER_PREFIX = "__streams.errors.";

    final TaskId taskId;
    final RecordCollector collector;
    final Counters counters;
    final DropReport drops = new DropReport();
    private final FailurePolicy policy;
    private @Nullable ConsumerRecord<byte[], byte[]> record;

    TaskContext(TaskId taskId, RecordCollector collector, FailurePolicy policy, Counters counters) {
        this.taskId = taskId;
        this.collector = collector;
        this.policy = policy;
        this.counters = counters;
    }

    void at(ConsumerRecord<byte[], byte[]> current) {
        record = current;
    }

    /** From here on there is no record in hand: stores are flushed. */
    void betweenRecords() {
        record = null;
    }

    /** The headers of the record in hand; null when it has none. */
    @Nullable
    Headers headers() {
        ConsumerRecord<byte[], byte[]> current = record;
        if (current == null || !current.headers().iterator().hasNext()) {
            return null;
        }
        return current.headers();
    }

    void droppedLate() {
        counters.droppedLate.increment();
        drops.late++;
    }

    void droppedInvalid() {
        counters.droppedInvalid.increment();
        drops.invalid++;
    }

    void deserializationFailed(ConsumerRecord<byte[], byte[]> failed, String part, RuntimeException cause) {
        record = failed;
        respond(
                policy.deserialization(),
                "The " + part + " can't be deserialized",
                "deserialization.exception.handler",
                cause);
    }

    void processingFailed(String operator, RuntimeException cause) {
        respond(policy.processing(), "Operator '" + operator + "' failed", "processing.exception.handler", cause);
    }

    void serializationFailed(String topic, RuntimeException cause) {
        respond(
                policy.production(),
                "A result for topic '" + topic + "' can't be written",
                "production.exception.handler",
                cause);
    }

    private void respond(FailureResponse response, String what, String key, RuntimeException cause) {
        String message = what + ", " + position() + ": " + cause;
        if (response == FailureResponse.FAIL) {
            throw new RecordFailedException(
                    message + ". Mend the cause, or set " + key + "=log-and-continue to leave such records out.",
                    cause);
        }
        counters.failed.increment();
        drops.failed++;
        drops.lastFailure = message;
        LOG.debug("Record left out: {}", message, cause);
        ConsumerRecord<byte[], byte[]> current = record;
        if (policy.deadLetterTopic() != null && current != null) {
            bury(policy.deadLetterTopic(), current, cause);
        }
    }

    private String position() {
        ConsumerRecord<byte[], byte[]> current = record;
        if (current == null) {
            return "task=" + taskId + " while its stores were flushed";
        }
        return "topic=" + current.topic() + " partition=" + current.partition() + " offset=" + current.offset();
    }

    private void bury(String topic, ConsumerRecord<byte[], byte[]> current, RuntimeException cause) {
        var headers = new RecordHeaders(current.headers());
        header(headers, "exception", cause.getClass().getName());
        header(headers, "message", String.valueOf(cause.getMessage()));
        header(headers, "stacktrace", stackTrace(cause));
        header(headers, "topic", current.topic());
        header(headers, "partition", Integer.toString(current.partition()));
        header(headers, "offset", Long.toString(current.offset()));
        collector.send(
                topic,
                RecordCollector.BY_KEY,
                current.key(),
                current.value(),
                Math.max(0, current.timestamp()),
                headers);
        counters.deadLettered.increment();
    }

    private static void header(RecordHeaders headers, String name, String value) {
        headers.add(HEADER_PREFIX + name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String stackTrace(RuntimeException cause) {
        var text = new StringWriter();
        cause.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
