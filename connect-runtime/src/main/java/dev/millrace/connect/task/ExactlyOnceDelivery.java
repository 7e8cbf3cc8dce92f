package dev.millrace.connect.task;

import dev.millrace.connect.task.TransactionRequests.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records and their offsets are written in the same transactions (KIP-618), by a producer whose transactional id is the
 * task's: a later instance of the task fences this one. All of it happens on the task's thread.
 */
public final class ExactlyOnceDelivery implements SourceDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(ExactlyOnceDelivery.class);

    /** The least time between two commits that are made because the connector has nothing at the moment. */
    private static final long IDLE_COMMIT_INTERVAL_MS = 500;

    private final SourceTaskSettings settings;
    private final Producer<byte[], byte[]> producer;
    private final OffsetTopic offsetTopic;
    private final TransactionBoundary boundary;
    private final TransactionRequests requests;
    private final Duration closeTimeout;

    /** Null as a key or value is what the connector gave. */
    private final Map<@Nullable Map<String, ?>, @Nullable Map<String, ?>> offsets = new LinkedHashMap<>();

    private final List<Sent> sent = new ArrayList<>();
    private boolean open;
    private int recordsSent;
    private long uncommitted;
    private long lastCommitMs;

    /** Where this connector's offsets go, and under which keys. */
    public interface OffsetTopic {
        String name();

        ProducerRecord<byte[], byte[]> record(@Nullable Map<String, ?> partition, @Nullable Map<String, ?> offset);
    }

    /** @param metadata null for a record that was dropped */
    private record Sent(SourceRecord record, @Nullable Future<RecordMetadata> metadata) {}

    /** @param requests where the connector asks for commits and aborts; looked at for that boundary only */
    public ExactlyOnceDelivery(
            SourceTaskSettings settings,
            Producer<byte[], byte[]> producer,
            OffsetTopic offsetTopic,
            TransactionBoundary boundary,
            TransactionRequests requests,
            Duration closeTimeout) {
        this.settings = settings;
        this.producer = producer;
        this.offsetTopic = offsetTopic;
        this.boundary = boundary;
        this.requests = requests;
        this.closeTimeout = closeTimeout;
    }

    @Override
    public void prepare() {
        producer.initTransactions();
    }

    @Override
    public void send(SourceRecord original, ProducerRecord<byte[], byte[]> record) {
        if (record.topic().equals(offsetTopic.name())) {
            throw new ConnectException("Connector " + settings.id().connector() + " writes to " + record.topic()
                    + ", where its offsets are kept: under exactly-once its transactions would wait for themselves");
        }
        begin();
        Future<RecordMetadata> metadata = producer.send(record);
        recordsSent++;
        moved(original, metadata);
    }

    @Override
    public void drop(SourceRecord original) {
        moved(original, null);
    }

    private void moved(SourceRecord original, @Nullable Future<RecordMetadata> metadata) {
        offsets.put(original.sourcePartition(), original.sourceOffset());
        uncommitted++;
        if (settings.hooks().wantsRecords()) {
            sent.add(new Sent(original, metadata));
        }
        if (boundary instanceof TransactionBoundary.Connector) {
            obey(requests.takeAfter(original));
        }
    }

    private void begin() {
        if (!open) {
            producer.beginTransaction();
            open = true;
        }
    }

    @Override
    public void batchEnded(long nowMs) {
        if (boundary instanceof TransactionBoundary.Poll) {
            commit(nowMs);
        } else if (boundary instanceof TransactionBoundary.Interval interval) {
            if (lastCommitMs == 0) {
                lastCommitMs = nowMs;
            }
            if (nowMs >= lastCommitMs + interval.intervalMs()) {
                commit(nowMs);
            }
        } else {
            obey(requests.takeAfterBatch());
        }
    }

    @Override
    public void idle(long nowMs) {
        if (boundary instanceof TransactionBoundary.Interval
                && !offsets.isEmpty()
                && nowMs >= lastCommitMs + IDLE_COMMIT_INTERVAL_MS) {
            commit(nowMs);
        }
    }

    @Override
    public void pause(long nowMs) {
        if (!(boundary instanceof TransactionBoundary.Connector)) {
            commit(nowMs);
        }
    }

    private void obey(Request request) {
        if (request == Request.ABORT && open) {
            producer.abortTransaction();
            open = false;
            recordsSent = 0;
            sent.clear();
        }
        if (request != Request.NONE) {
            // What was aborted stays read: its offsets are committed, in a transaction of their own.
            commit(lastCommitMs);
        }
    }

    private void commit(long nowMs) {
        lastCommitMs = nowMs;
        if (!open && offsets.isEmpty()) {
            return;
        }
        begin();
        offsets.forEach((partition, offset) -> producer.send(offsetTopic.record(partition, offset)));
        try {
            // The client looks for records to be sent before it looks for the end: under transaction.version 2 an end
            // that
            // comes between overtakes them, and they would be of the next transaction.
            producer.flush();
            producer.commitTransaction();
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new ConnectException(
                    "Task " + settings.id()
                            + " could not end its transaction: another instance of it has started, or the"
                            + " transaction took longer than producer.override.transaction.timeout.ms allows",
                    e);
        } catch (KafkaException e) {
            throw new ConnectException("Transaction of task " + settings.id() + " failed: " + e.getMessage(), e);
        }
        open = false;
        offsets.clear();
        settings.counters().out(recordsSent);
        recordsSent = 0;
        uncommitted = 0;
        sent.forEach(record -> settings.hooks().recordCommitted(record.record(), metadata(record)));
        sent.clear();
        settings.hooks().offsetsCommitted();
    }

    private static @Nullable RecordMetadata metadata(Sent sent) {
        Future<RecordMetadata> metadata = sent.metadata();
        if (metadata == null) {
            return null;
        }
        try {
            return metadata.get(); // Done: the transaction is committed.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Override
    public long uncommitted() {
        return uncommitted;
    }

    /** The producer tells of failed sends when the transaction is to be committed. */
    @Override
    public void throwIfFailed() {}

    @Override
    public void close(boolean failed) {
        try {
            if (!failed && !(boundary instanceof TransactionBoundary.Connector)) {
                commit(lastCommitMs);
            } else if (open) {
                producer.abortTransaction();
            }
        } catch (KafkaException e) {
            if (!failed) {
                throw e;
            }
            LOG.debug("The transaction of failed task {} is left to time out", settings.id(), e);
        } finally {
            producer.close(closeTimeout);
        }
    }
}
