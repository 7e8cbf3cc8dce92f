package dev.millrace.connect.task;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** Remembers what it is given; throws when the script says so. */
final class ScriptedSink extends SinkTask {

    final List<Object> values = new ArrayList<>();
    final List<SinkRecord> records = new ArrayList<>();
    final List<String> calls = new ArrayList<>();
    final Queue<RuntimeException> failures = new ArrayDeque<>();
    int puts;
    RuntimeException preCommitFailure;
    Map<TopicPartition, OffsetAndMetadata> safe;
    Map<TopicPartition, OffsetAndMetadata> offered = Map.of();

    SinkTaskContext context() {
        return context;
    }

    @Override
    public void start(Map<String, String> props) {
        calls.add("start");
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        calls.add("open" + partitions);
    }

    @Override
    public void put(Collection<SinkRecord> batch) {
        puts++;
        if (!batch.isEmpty() && !failures.isEmpty()) {
            throw failures.remove();
        }
        for (SinkRecord record : batch) {
            values.add(record.value());
            records.add(record);
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        if (preCommitFailure != null) {
            throw preCommitFailure;
        }
        offered = currentOffsets;
        return safe != null ? safe : currentOffsets;
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        calls.add("close" + partitions);
    }

    @Override
    public void stop() {
        calls.add("stop");
    }

    @Override
    public String version() {
        return "1";
    }
}
