package dev.millrace.connector.csv;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** A task and the runtime around it, as far as a test needs them. */
final class Run implements AutoCloseable {

    final CsvSourceTask task = new CsvSourceTask();

    Run(StoredOffsets offsets, Map<String, String> settings) {
        task.initialize(offsets);
        task.start(settings);
    }

    static Map<String, String> settings(String... keysAndValues) {
        Map<String, String> settings = new HashMap<>();
        settings.put("topic", "rows");
        settings.put("empty.poll.wait.ms", "1");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return settings;
    }

    /** Everything up to the first poll that brings nothing. */
    List<SourceRecord> drain() {
        List<SourceRecord> all = new ArrayList<>();
        for (List<SourceRecord> batch = poll(); batch != null; batch = poll()) {
            all.addAll(batch);
        }
        return all;
    }

    List<SourceRecord> poll() {
        try {
            return task.poll();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a test", e);
        }
    }

    /** Every record's value as its fields' values. */
    static List<List<Object>> values(List<SourceRecord> records) {
        List<List<Object>> values = new ArrayList<>();
        for (SourceRecord record : records) {
            values.add(values((Struct) record.value()));
        }
        return values;
    }

    static List<Object> values(Struct struct) {
        List<Object> values = new ArrayList<>();
        struct.schema().fields().forEach(field -> values.add(struct.get(field)));
        return values;
    }

    @Override
    public void close() {
        task.stop();
    }
}
