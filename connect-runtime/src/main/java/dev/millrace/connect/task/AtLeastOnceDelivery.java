package dev.millrace.connect.task;

import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.task.SubmittedRecords.Offsets;
import dev.millrace.connect.task.SubmittedRecords.Submitted;
import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records are written as they come; offsets follow, up to the first record of a source partition that is not acknowledged.
 * {@link #commitOffsets} runs on the worker's commit thread, so that a connector that blocks in poll does not hold back the
 * offsets of what is written.
 */
public final class AtLeastOnceDelivery implements SourceDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(AtLeastOnceDelivery.class);

    private final TaskId id;
    private final Producer<byte[], byte[]> producer;
    private final OffsetWriter offsets;
    private final CommitHooks hooks;
    private final ErrorHandler errors;
    private final ErrorPolicy policy;
    private final TaskCounters counters;
    private final CommitSchedule schedule;
    private final Runnable commit = this::commitOffsets;
    private final Duration closeTimeout;
    private final SubmittedRecords submitted = new SubmittedRecords();

    private volatile @Nullable Throwable failure;
    private volatile boolean commitAsked;

    /**
     * @param schedule calls {@link #commitOffsets} at intervals, and when asked to
     * @param closeTimeout how long to wait for acknowledgements at the end
     */
    public AtLeastOnceDelivery(
            SourceTaskSettings settings,
            Producer<byte[], byte[]> producer,
            OffsetWriter offsets,
            CommitSchedule schedule,
            Duration closeTimeout) {
        this.id = settings.id();
        this.producer = producer;
        this.offsets = offsets;
        this.hooks = settings.hooks();
        this.errors = settings.errors();
        this.policy = settings.policy();
        this.counters = settings.counters();
        this.schedule = schedule;
        this.closeTimeout = closeTimeout;
    }

    @Override
    public void prepare() {
        schedule.add(commit);
    }

    @Override
    public void send(SourceRecord original, ProducerRecord<byte[], byte[]> record) {
        Submitted token = submitted.submit(original.sourcePartition(), original.sourceOffset());
        try {
            producer.send(record, (metadata, error) -> {
                if (error == null) {
                    token.acknowledge();
                    counters.out(1);
                    hooks.recordCommitted(original, metadata);
                } else {
                    sendFailed(original, record, token, error);
                }
            });
        } catch (RuntimeException e) {
            submitted.retract(original.sourcePartition(), token);
            throw e;
        }
    }

    private void sendFailed(
            SourceRecord original, ProducerRecord<byte[], byte[]> record, Submitted token, Exception error) {
        if (!policy.tolerateAll()) {
            counters.fail(error);
            failure =
                    new ConnectException("Cannot write to topic " + record.topic() + ": " + error.getMessage(), error);
            return;
        }
        errors.giveUp(new FailedRecord(id, Stage.KAFKA_PRODUCE, producer.getClass(), error, null, original));
        token.acknowledge();
        hooks.recordCommitted(original, null);
    }

    @Override
    public void drop(SourceRecord original) {
        submitted.submit(original.sourcePartition(), original.sourceOffset()).acknowledge();
        hooks.recordCommitted(original, null);
    }

    @Override
    public void batchEnded(long nowMs) {
        submitted.drain();
    }

    @Override
    public void idle(long nowMs) {
        // There is time to commit now, and the sooner it is done the less is written twice after a crash.
        if (!commitAsked && submitted.hasCommittable()) {
            commitAsked = true;
            schedule.soon(commit);
        }
    }

    @Override
    public void pause(long nowMs) {
        schedule.soon(commit);
    }

    @Override
    public long uncommitted() {
        return submitted.uncommitted();
    }

    @Override
    public void throwIfFailed() {
        Throwable failed = failure;
        if (failed != null) {
            throw new ConnectException(failed.getMessage(), failed);
        }
    }

    /** Commits the offsets of what is acknowledged. Any thread may call it; one at a time gets in. */
    public synchronized void commitOffsets() {
        commitAsked = false; // What is acknowledged from now on may need a commit of its own.
        Offsets taken = submitted.take();
        if (!taken.byPartition().isEmpty()) {
            try {
                offsets.write(taken.byPartition());
            } catch (ConnectException e) {
                submitted.notCommitted(taken);
                LOG.warn("Offsets not committed, will be tried again: task={} error={}", id, e.getMessage());
                return;
            }
        }
        submitted.committed(taken);
        hooks.offsetsCommitted();
    }

    @Override
    public void close(boolean failed) {
        schedule.remove(commit);
        producer.close(closeTimeout); // What is under way is acknowledged or failed when this returns.
        commitOffsets(); // Also of a failed task: what is acknowledged is written, whatever came after it.
    }
}
