package dev.millrace.connector.csv;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.source.TransactionContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** A runtime's side of a source task: it remembers the offset of the last record that it was told to commit. */
final class StoredOffsets implements SourceTaskContext, OffsetStorageReader {

    private final Map<Map<String, ?>, Map<String, Object>> offsets = new HashMap<>();

    @SuppressWarnings("unchecked")
    void commit(SourceRecord record) {
        Map<String, Object> offset = new HashMap<>();
        // What a JSON converter makes of it: whole numbers come back as longs.
        record.sourceOffset()
                .forEach((key, value) ->
                        offset.put(key, value instanceof Number number ? (Object) number.longValue() : value));
        offsets.put(record.sourcePartition(), offset);
    }

    void put(Map<String, ?> partition, Map<String, Object> offset) {
        offsets.put(partition, offset);
    }

    @Override
    public Map<String, String> configs() {
        return Map.of();
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
        return this;
    }

    @Override
    public PluginMetrics pluginMetrics() {
        throw new UnsupportedOperationException();
    }

    @Override
    public TransactionContext transactionContext() {
        return null;
    }

    @Override
    public <T> Map<String, Object> offset(Map<String, T> partition) {
        return offsets.get(partition);
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
        Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
        partitions.forEach(partition -> found.put(partition, offsets.get(partition)));
        return found;
    }
}
