package dev.millrace.connect.task;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** Returns what the script says, poll by poll; then nothing. Remembers what it is told. */
final class ScriptedSource extends SourceTask {

    static final Map<String, String> PARTITION = Map.of("file", "a");

    private final Queue<Object> script = new ArrayDeque<>();
    final List<Object> committedValues = new ArrayList<>();
    int commits;
    boolean stopped;

    static SourceRecord record(int number) {
        return record(PARTITION, number);
    }

    static SourceRecord record(Map<String, ?> partition, int number) {
        return new SourceRecord(
                partition,
                Map.of("line", number),
                "lines",
                Schema.STRING_SCHEMA,
                "k",
                Schema.STRING_SCHEMA,
                "v" + number);
    }

    void returns(SourceRecord... records) {
        script.add(Arrays.asList(records));
    }

    void throwsOnPoll(RuntimeException e) {
        script.add(e);
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<SourceRecord> poll() {
        Object next = script.poll();
        if (next instanceof RuntimeException e) {
            throw e;
        }
        return (List<SourceRecord>) next;
    }

    @Override
    public void commitRecord(SourceRecord record, RecordMetadata metadata) {
        committedValues.add(record.value());
    }

    @Override
    public void commit() {
        commits++;
    }

    @Override
    public void start(Map<String, String> props) {}

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public String version() {
        return "1";
    }
}
