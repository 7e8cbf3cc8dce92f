package dev.millrace.connect.task;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.IllegalWorkerStateException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/**
 * What a sink task can ask of its runtime. Requests to move, to wait and to commit are kept until the next step; pausing
 * partitions takes effect at once. To be used on the task's thread, but for {@link #requestCommit}.
 */
final class SinkContext implements SinkTaskContext {

    private static final long NO_TIMEOUT = -1;

    private final Map<String, String> config;
    private final Consumer<byte[], byte[]> consumer;
    private final @Nullable ErrantRecordReporter reporter;
    private final PluginMetrics metrics;
    private final Map<TopicPartition, Long> rewinds = new HashMap<>();
    private final Set<TopicPartition> pausedByTask = new HashSet<>();
    private long timeoutMs = NO_TIMEOUT;
    private volatile boolean commitRequested;

    SinkContext(
            Map<String, String> config,
            Consumer<byte[], byte[]> consumer,
            @Nullable ErrantRecordReporter reporter,
            PluginMetrics metrics) {
        this.config = Map.copyOf(config);
        this.consumer = consumer;
        this.reporter = reporter;
        this.metrics = metrics;
    }

    @Override
    public Map<String, String> configs() {
        return config;
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        rewinds.putAll(offsets);
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
        rewinds.put(partition, offset);
    }

    @Override
    public void timeout(long durationMs) {
        timeoutMs = durationMs;
    }

    @Override
    public Set<TopicPartition> assignment() {
        return consumer.assignment();
    }

    @Override
    public void pause(TopicPartition... partitions) {
        try {
            consumer.pause(Arrays.asList(partitions));
            pausedByTask.addAll(Arrays.asList(partitions));
        } catch (IllegalStateException e) {
            throw new IllegalWorkerStateException("Only partitions that are assigned to the task can be paused", e);
        }
    }

    @Override
    public void resume(TopicPartition... partitions) {
        pausedByTask.removeAll(Arrays.asList(partitions));
        try {
            consumer.resume(Arrays.asList(partitions));
        } catch (IllegalStateException e) {
            throw new IllegalWorkerStateException("Only partitions that are assigned to the task can be resumed", e);
        }
    }

    @Override
    public void requestCommit() {
        commitRequested = true;
    }

    @Override
    public @Nullable ErrantRecordReporter errantRecordReporter() {
        return reporter;
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return metrics;
    }

    /** What the task has asked to read again (or to skip to) since the last call. */
    Map<TopicPartition, Long> takeRewinds() {
        Map<TopicPartition, Long> taken = new HashMap<>(rewinds);
        rewinds.clear();
        return taken;
    }

    /** How long the task wants to wait before records are put again; {@code otherwise} if it did not say. */
    long takeTimeout(long otherwise) {
        long taken = timeoutMs;
        timeoutMs = NO_TIMEOUT;
        return taken == NO_TIMEOUT ? otherwise : taken;
    }

    boolean takeCommitRequest() {
        boolean taken = commitRequested;
        commitRequested = false;
        return taken;
    }

    Set<TopicPartition> pausedByTask() {
        return pausedByTask;
    }

    void revoked(Iterable<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            pausedByTask.remove(partition);
            rewinds.remove(partition);
        }
    }
}
