package dev.millrace.connect.worker.storage;

import dev.millrace.connect.task.OffsetRecords;
import dev.millrace.connect.task.OffsetRecords.Partition;
import dev.millrace.connect.task.OffsetWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/**
 * The source offsets in the offset topic. They are looked up by what the partition says, not by the bytes of its key, and
 * written under the bytes that are there already: a map that is put together in another order is the same partition.
 * Thread-safe.
 */
public final class OffsetStore implements StorageLog.Reader {

    private final String topic;
    private final Duration writeTimeout;
    private final OffsetRecords records = new OffsetRecords();
    private final Map<Partition, Stored> offsets = new ConcurrentHashMap<>();

    private record Stored(byte[] key, Map<String, @Nullable Object> offset) {}

    public OffsetStore(String topic, Duration writeTimeout) {
        this.topic = topic;
        this.writeTimeout = writeTimeout;
    }

    public String topic() {
        return topic;
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record) {
        records.readKey(record.key()).ifPresent(partition -> {
            Map<String, @Nullable Object> offset = records.readValue(record.value());
            if (offset == null) {
                offsets.remove(partition);
            } else {
                offsets.put(partition, new Stored(record.key(), offset));
            }
        });
    }

    /** The bytes under which a partition's offset is, or will be, in the topic. */
    public byte[] key(String connector, @Nullable Map<String, ?> partition) {
        byte[] fresh = records.key(connector, partition);
        Stored stored = partition == null ? null : offsets.get(records.normalise(connector, partition));
        return stored == null ? fresh : stored.key();
    }

    public byte @Nullable [] value(String connector, @Nullable Map<String, ?> offset) {
        return records.value(connector, offset);
    }

    /** Writes a connector's offsets outside of transactions. */
    public OffsetWriter writer(StorageLog log, String connector) {
        return changes -> write(log, connector, changes);
    }

    private void write(
            StorageLog log, String connector, Map<@Nullable Map<String, ?>, @Nullable Map<String, ?>> changes) {
        List<Future<?>> writes = new ArrayList<>();
        changes.forEach((partition, offset) ->
                writes.add(log.append(topic, key(connector, partition), value(connector, offset))));
        for (Future<?> write : writes) {
            try {
                write.get(writeTimeout.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                throw new ConnectException("Could not write offsets to topic " + topic + ": " + e.getMessage(), e);
            } catch (TimeoutException e) {
                throw new ConnectException(
                        "Could not write offsets to topic " + topic + ": no answer for " + writeTimeout.toSeconds()
                                + " s",
                        e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ConnectException("Interrupted while offsets were written to topic " + topic, e);
            }
        }
    }

    /** All offsets of a connector, by partition, as they are now in memory. */
    public Map<Map<String, @Nullable Object>, Map<String, @Nullable Object>> of(String connector) {
        Map<Map<String, @Nullable Object>, Map<String, @Nullable Object>> found = new LinkedHashMap<>();
        offsets.forEach((partition, stored) -> {
            if (partition.connector().equals(connector)) {
                found.put(partition.partition(), stored.offset());
            }
        });
        return found;
    }

    /** What a connector and its tasks read offsets with. Every look-up sees all that was written before it. */
    public OffsetStorageReader reader(StorageLog log, String connector) {
        return new OffsetStorageReader() {
            @Override
            public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
                return offsets(List.of(partition)).get(partition);
            }

            @Override
            public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
                log.readToEndNow(topic);
                Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
                for (Map<String, T> partition : partitions) {
                    found.put(partition, lookUp(connector, partition));
                }
                return found;
            }
        };
    }

    @SuppressWarnings("NullAway") // The API's own contract: no offset is null, in the map, too.
    private Map<String, Object> lookUp(String connector, Map<String, ?> partition) {
        Stored stored = offsets.get(records.normalise(connector, partition));
        return stored == null ? null : new HashMap<>(stored.offset());
    }
}
