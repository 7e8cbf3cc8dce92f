package dev.millrace.streams.runtime;

import dev.millrace.streams.errors.DeliveryException;
import dev.millrace.streams.errors.RecordFailedException;
import dev.millrace.streams.process.Counters;
import dev.millrace.streams.process.FailureResponse;
import dev.millrace.streams.process.RecordCollector;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * One producer of one thread, for as long as it is of use: after the first error it is thrown away and a new one opened,
 * which fences this one. Under exactly-once a transaction begins with the first record or offset and ends with the commit.
 */
final class ProducerSession implements RecordCollector, Callback {

    private final Producer<byte[], byte[]> producer;
    private final boolean exactlyOnce;
    private final FailureResponse onProductionFailure;
    private final Counters counters;
    /** The first delivery that failed; written by the producer's own thread. */
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    private boolean inTransaction;
    private boolean sent;

    private ProducerSession(Producer<byte[], byte[]> producer, Engine engine) {
        this.producer = producer;
        this.exactlyOnce = engine.settings.exactlyOnce();
        this.onProductionFailure = engine.settings.failurePolicy().production();
        this.counters = engine.counters();
    }

    /** A new session. Ends what an earlier one under the same transactional id has left behind. */
    static ProducerSession open(Engine engine, int thread) {
        var session = new ProducerSession(engine.clients.producer(thread), engine);
        if (session.exactlyOnce) {
            boolean ready = false;
            try {
                session.producer.initTransactions();
                ready = true;
            } finally {
                if (!ready) {
                    session.abandon();
                }
            }
        }
        return session;
    }

    @Override
    public void send(
            String topic,
            int partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMs,
            @Nullable Headers headers) {
        checkDelivered();
        try {
            begin();
            producer.send(
                    new ProducerRecord<>(
                            topic, partition == BY_KEY ? null : partition, timestampMs, key, value, headers),
                    this);
        } catch (KafkaException | IllegalStateException e) {
            throw new DeliveryException("Can't send to topic '" + topic + "': " + e.getMessage(), e);
        }
        sent = true;
        counters.produced.increment();
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
        if (exception == null) {
            return;
        }
        // Under exactly-once the transaction is spoilt: leaving the record out would leave out others with it.
        if (isRecordsFault(exception) && onProductionFailure == FailureResponse.CONTINUE && !exactlyOnce) {
            counters.failed.increment();
            return;
        }
        String topic = metadata == null ? "" : metadata.topic() + "-" + metadata.partition();
        Exception told = isRecordsFault(exception)
                ? new RecordFailedException(
                        "A record can't be written to " + topic + ": " + exception.getMessage(), exception)
                : new DeliveryException("A record was not delivered to " + topic + ": " + exception, exception);
        failure.compareAndSet(null, told);
    }

    /** Whether there is something that a commit would make visible. */
    boolean hasUncommitted() {
        return sent;
    }

    /**
     * Makes outputs, changelog and offsets visible in one step.
     *
     * @param group by whose generation the broker refuses offsets of a thread that has lost its tasks (KIP-447)
     */
    void commitTransaction(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        checkDelivered();
        try {
            begin();
            if (offsets.isEmpty()) {
                // Or the client may let the end overtake what was sent just before it, which would then be of the next
                // transaction: it looks for records to be sent before it looks for the end. Offsets are waited for, and
                // so
                // is what was sent before them.
                producer.flush();
            } else {
                producer.sendOffsetsToTransaction(offsets, group);
            }
            producer.commitTransaction();
        } catch (KafkaException | IllegalStateException e) {
            checkDelivered();
            throw new DeliveryException("A transaction was not committed: " + e, e);
        }
        inTransaction = false;
        sent = false;
    }

    /** Waits until everything sent is acknowledged. */
    void flush() {
        try {
            producer.flush();
        } catch (KafkaException e) {
            throw new DeliveryException("Records were not delivered: " + e, e);
        }
        checkDelivered();
        sent = false;
    }

    /** Closes after a commit; nothing is under way. */
    void close(Duration timeout) {
        producer.close(timeout);
    }

    /** Closes with what was sent since the last commit: under exactly-once it never becomes visible. */
    void abandon() {
        producer.close(Duration.ZERO);
    }

    private void begin() {
        if (exactlyOnce && !inTransaction) {
            producer.beginTransaction();
            inTransaction = true;
        }
    }

    private void checkDelivered() {
        Exception failed = failure.get();
        if (failed instanceof RuntimeException unchecked) {
            throw unchecked;
        }
    }

    private static boolean isRecordsFault(Exception exception) {
        return exception instanceof RecordTooLargeException || exception instanceof InvalidTimestampException;
    }
}
