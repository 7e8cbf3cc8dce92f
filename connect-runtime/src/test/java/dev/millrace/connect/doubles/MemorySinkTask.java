package dev.millrace.connect.doubles;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** See {@link MemorySinkConnector}. */
public final class MemorySinkTask extends SinkTask {

    private static final Map<String, List<SinkRecord>> MEMORIES = new ConcurrentHashMap<>();

    private String memory = "";
    private String poison = "";

    public static List<SinkRecord> received(String memory) {
        return MEMORIES.computeIfAbsent(memory, m -> new CopyOnWriteArrayList<>());
    }

    @Override
    public void start(Map<String, String> props) {
        memory = props.getOrDefault("memory", "");
        poison = props.getOrDefault("poison", "");
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        for (SinkRecord record : records) {
            if (!poison.isEmpty() && poison.equals(record.value())) {
                context.errantRecordReporter().report(record, new IllegalArgumentException("poison"));
            } else {
                received(memory).add(record);
            }
        }
    }

    @Override
    public void stop() {}

    @Override
    public String version() {
        return "4.5.6";
    }
}
