package dev.millrace.connector.jdbc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** A runtime's side of a sink task: what the task asked of it, and where records that were set aside went. */
final class Worker implements SinkTaskContext {

    final Map<TopicPartition, Long> rewinds = new HashMap<>();
    final List<SinkRecord> setAside = new ArrayList<>();
    final List<String> reasons = new ArrayList<>();
    long timeoutMs = -1;
    private final boolean tolerant;

    private Worker(boolean tolerant) {
        this.tolerant = tolerant;
    }

    static Worker strict() {
        return new Worker(false);
    }

    static Worker tolerant() {
        return new Worker(true);
    }

    JdbcSinkTask start(Map<String, String> settings, TopicPartition... partitions) {
        JdbcSinkTask task = new JdbcSinkTask();
        task.initialize(this);
        task.start(settings);
        task.open(List.of(partitions));
        return task;
    }

    static SinkRecord record(long offset, Schema keySchema, Object key, Schema valueSchema, Object value) {
        return new SinkRecord("orders", 0, keySchema, key, valueSchema, value, offset);
    }

    @Override
    public Map<String, String> configs() {
        return Map.of();
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
    public void timeout(long ms) {
        timeoutMs = ms;
    }

    @Override
    public Set<TopicPartition> assignment() {
        return Set.of();
    }

    @Override
    public void pause(TopicPartition... partitions) {}

    @Override
    public void resume(TopicPartition... partitions) {}

    @Override
    public void requestCommit() {}

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        if (!tolerant) {
            return null;
        }
        return (record, error) -> {
            setAside.add(record);
            reasons.add(error.getMessage());
            return CompletableFuture.completedFuture(null);
        };
    }

    @Override
    public PluginMetrics pluginMetrics() {
        throw new UnsupportedOperationException();
    }
}
