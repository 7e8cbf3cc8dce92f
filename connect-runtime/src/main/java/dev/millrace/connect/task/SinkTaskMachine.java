package dev.millrace.connect.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink task, step by step: read, convert and transform, put to the connector, commit what the connector says is safe. Owned
 * by the task's thread, which calls {@link #step} until the task is to end; the rebalance callbacks come inside of a step.
 *
 * <p>Offsets are those of Kafka Connect, with one difference: when everything that was read has been delivered, the
 * consumer's position is offered to {@code preCommit}, not the last record's offset plus one. They differ where a partition
 * ends in transaction markers, which would otherwise look like a lag for ever.
 */
public final class SinkTaskMachine implements TaskMachine, ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(SinkTaskMachine.class);

    /** Bounds the time in which a request of the connector or of the user goes unnoticed. */
    private static final long POLL_MS_MAX = 500;

    /** How long to wait before a batch is put again, if the connector does not say. */
    private static final long REDELIVERY_MS = 1_000;

    private final SinkTaskSettings settings;
    private final Consumer<byte[], byte[]> consumer;
    private final Transformations<SinkRecord> transformations;
    private final Converters converters;
    private final TopicsInUse topicsInUse;
    private final TaskClock clock;
    private final SinkContext context;

    private final List<SinkRecord> batch = new ArrayList<>();
    private final Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> delivered = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private long redeliverAtMs;
    private long nextCommitMs;
    private long lastCommitMs;
    private boolean paused;
    private boolean committing;
    private boolean closing;
    private boolean stopped;

    public SinkTaskMachine(
            SinkTaskSettings settings,
            Consumer<byte[], byte[]> consumer,
            Transformations<SinkRecord> transformations,
            Converters converters,
            TopicsInUse topicsInUse,
            TaskClock clock,
            PluginMetrics metrics) {
        this.settings = settings;
        this.consumer = consumer;
        this.transformations = transformations;
        this.converters = converters;
        this.topicsInUse = topicsInUse;
        this.clock = clock;
        this.context = new SinkContext(
                settings.config(),
                consumer,
                settings.reportsErrants()
                        ? new ErrantRecords(settings.id(), settings.task().getClass(), converters, settings.errors())
                        : null,
                metrics);
    }

    /** Starts the connector's task and joins its consumer group. */
    public void start(long nowMs, Collection<String> topics) {
        startTask(nowMs);
        consumer.subscribe(topics, this);
    }

    /** As above, for {@code topics.regex}. */
    public void start(long nowMs, Pattern topics) {
        startTask(nowMs);
        consumer.subscribe(topics, this);
    }

    @Override
    public void wake() {
        consumer.wakeup();
    }

    private void startTask(long nowMs) {
        settings.task().initialize(context);
        settings.task().start(settings.config());
        nextCommitMs = nowMs + settings.commitIntervalMs();
    }

    @Override
    public long step(long nowMs, boolean pause) {
        if (pause != paused) {
            changePaused(pause, nowMs);
        }
        if (context.takeCommitRequest() || nowMs >= nextCommitMs) {
            commit(nowMs);
        }
        context.takeRewinds().forEach(this::seek);
        if (redeliverAtMs > 0 && nowMs >= redeliverAtMs) {
            deliver();
        }
        boolean anythingCame = poll(nowMs);
        if (!anythingCame && batch.isEmpty() && !committing && nowMs >= lastCommitMs + POLL_MS_MAX && isBehind()) {
            // There is time to commit now, and the sooner it is done the less is delivered twice after a crash.
            commit(nowMs);
        }
        settings.counters().idle(!anythingCame && batch.isEmpty() && !committing && !isBehind());
        return 0;
    }

    private boolean poll(long nowMs) {
        long untilMs = batch.isEmpty() ? nextCommitMs : Math.min(nextCommitMs, redeliverAtMs);
        long timeoutMs = context.takeTimeout(untilMs - nowMs);
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(Duration.ofMillis(Math.max(0, Math.min(timeoutMs, POLL_MS_MAX))));
        } catch (WakeupException e) {
            LOG.trace("Woken: task={}", settings.id());
            return false;
        }
        settings.counters().in(records.count());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            convert(record);
        }
        if (redeliverAtMs == 0) {
            deliver(); // An empty batch, too: connectors do in put what is due by time.
        }
        return !records.isEmpty();
    }

    private void convert(ConsumerRecord<byte[], byte[]> record) {
        topicsInUse.add(record.topic());
        read.put(
                new TopicPartition(record.topic(), record.partition()),
                new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), ""));
        settings.errors().processing(record);
        try {
            SinkRecord transformed =
                    transformations.apply(converters.fromBroker(record, settings.errors()), settings.errors());
            if (transformed == null) {
                settings.counters().skip();
            } else {
                batch.add(transformed);
            }
        } catch (RecordGivenUp e) {
            LOG.trace("Given up: task={} topic={} offset={}", settings.id(), record.topic(), record.offset());
        }
    }

    private void deliver() {
        boolean again = redeliverAtMs > 0;
        try {
            settings.task().put(new ArrayList<>(batch));
        } catch (RetriableException e) {
            long waitMs = context.takeTimeout(REDELIVERY_MS);
            LOG.warn("Put will be tried again in {} ms: task={} error={}", waitMs, settings.id(), e.toString());
            redeliverAtMs = clock.nowMs() + waitMs;
            consumer.pause(consumer.assignment());
            return;
        } catch (Exception e) {
            settings.counters().fail(e);
            throw new ConnectException(
                    "Task " + settings.id() + " failed in "
                            + settings.task().getClass().getName() + ".put: " + e,
                    e);
        }
        settings.counters().out(batch.size());
        batch.clear();
        delivered.putAll(read);
        read.clear();
        redeliverAtMs = 0;
        if (again && !paused) {
            resumeAll();
        }
    }

    private void resumeAll() {
        Set<TopicPartition> partitions = new HashSet<>(consumer.assignment());
        partitions.removeAll(context.pausedByTask());
        consumer.resume(partitions);
    }

    private void changePaused(boolean pause, long nowMs) {
        paused = pause;
        if (pause) {
            commit(nowMs);
            consumer.pause(consumer.assignment());
        } else if (redeliverAtMs == 0) {
            resumeAll();
        }
    }

    private void seek(TopicPartition partition, long offset) {
        if (!consumer.assignment().contains(partition)) {
            LOG.warn("Not assigned, so not moved: task={} partition={}", settings.id(), partition);
            return;
        }
        consumer.seek(partition, offset);
        delivered.put(partition, new OffsetAndMetadata(offset));
        committed.put(partition, offset);
        read.remove(partition);
        batch.removeIf(record -> partition.topic().equals(record.originalTopic())
                && Integer.valueOf(partition.partition()).equals(record.originalKafkaPartition()));
    }

    /** Whether anything has been read that is not committed. */
    private boolean isBehind() {
        for (TopicPartition partition : consumer.assignment()) {
            Long known = committed.get(partition);
            if (known != null && positionOf(partition, known) != known) {
                return true;
            }
        }
        return false;
    }

    private long positionOf(TopicPartition partition, long otherwise) {
        try {
            return consumer.position(partition, Duration.ZERO);
        } catch (TimeoutException | WakeupException e) {
            return otherwise;
        }
    }

    private void commit(long nowMs) {
        lastCommitMs = nowMs;
        nextCommitMs = nowMs + settings.commitIntervalMs();
        commit(consumer.assignment());
    }

    private void commit(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> deliverable = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata upTo = delivered.get(partition);
            long position = upTo != null ? upTo.offset() : committed.getOrDefault(partition, -1L);
            long actual = batch.isEmpty() ? positionOf(partition, position) : position;
            if (actual > position) {
                upTo = new OffsetAndMetadata(actual);
            }
            if (upTo != null) {
                deliverable.put(partition, upTo);
            }
        }
        if (deliverable.isEmpty()) {
            return;
        }
        settings.errors().awaitReports();
        Map<TopicPartition, OffsetAndMetadata> safe;
        try {
            safe = settings.task().preCommit(new HashMap<>(deliverable));
        } catch (RuntimeException e) {
            if (closing) {
                throw e;
            }
            LOG.error("Offsets not committed, reading again from the last commit: task={}", settings.id(), e);
            rewindToCommitted(partitions);
            return;
        }
        commit(partitions, deliverable, safe);
    }

    private void commit(
            Collection<TopicPartition> partitions,
            Map<TopicPartition, OffsetAndMetadata> deliverable,
            Map<TopicPartition, OffsetAndMetadata> safe) {
        if (safe == null || safe.isEmpty()) {
            // The connector keeps its offsets itself.
            deliverable.forEach((partition, offset) -> committed.put(partition, offset.offset()));
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> toCommit = new HashMap<>();
        safe.forEach((partition, offset) -> {
            OffsetAndMetadata limit = deliverable.get(partition);
            if (!partitions.contains(partition) || limit == null) {
                LOG.warn("Not assigned, so not committed: task={} partition={}", settings.id(), partition);
            } else if (offset.offset() > limit.offset()) {
                LOG.warn(
                        "Not delivered yet, so not committed: task={} partition={} offset={}",
                        settings.id(),
                        partition,
                        offset.offset());
            } else if (offset.offset() != committed.getOrDefault(partition, -1L)) {
                toCommit.put(partition, offset);
            }
        });
        if (toCommit.isEmpty()) {
            return;
        }
        if (closing) {
            try {
                consumer.commitSync(toCommit);
            } catch (WakeupException e) {
                consumer.commitSync(toCommit); // The call to end the wait for records came after that wait had ended.
            }
            noteCommitted(toCommit);
            return;
        }
        committing = true;
        consumer.commitAsync(toCommit, (offsets, error) -> {
            committing = false;
            if (error == null) {
                noteCommitted(offsets);
            } else {
                LOG.warn(
                        "Offsets not committed, will be tried again: task={} error={}",
                        settings.id(),
                        error.toString());
            }
        });
    }

    private void noteCommitted(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> committed.computeIfPresent(partition, (p, o) -> offset.offset()));
    }

    private void rewindToCommitted(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            Long offset = committed.get(partition);
            if (offset != null) {
                seek(partition, offset);
            }
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            committed.put(partition, consumer.position(partition));
        }
        if (paused || redeliverAtMs > 0) {
            consumer.pause(partitions);
        }
        if (!partitions.isEmpty()) {
            settings.task().open(partitions);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty() || stopped) {
            return;
        }
        boolean wasClosing = closing;
        closing = true;
        try {
            commit(partitions);
        } catch (org.apache.kafka.common.errors.RetriableException | WakeupException e) {
            LOG.warn("Offsets not committed on revocation: task={} error={}", settings.id(), e.toString());
        } finally {
            closing = wasClosing;
            release(partitions);
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        if (!partitions.isEmpty() && !stopped) {
            release(partitions); // Another member has them already: there is nothing to commit any more.
        }
    }

    private void release(Collection<TopicPartition> partitions) {
        try {
            settings.task().close(partitions);
        } finally {
            for (TopicPartition partition : partitions) {
                committed.remove(partition);
                delivered.remove(partition);
                read.remove(partition);
            }
            batch.removeIf(record ->
                    partitions.contains(new TopicPartition(record.originalTopic(), record.originalKafkaPartition())));
            context.revoked(partitions);
        }
    }

    @Override
    public void close(boolean failed) {
        closing = true;
        Set<TopicPartition> assigned = Set.copyOf(consumer.assignment());
        try {
            if (!failed && !assigned.isEmpty()) {
                commit(assigned);
            }
        } finally {
            try {
                if (!assigned.isEmpty()) {
                    release(assigned);
                }
            } finally {
                stopTask();
            }
        }
    }

    private void stopTask() {
        stopped = true;
        try {
            settings.task().stop();
        } finally {
            consumer.close();
            transformations.close();
        }
    }
}
