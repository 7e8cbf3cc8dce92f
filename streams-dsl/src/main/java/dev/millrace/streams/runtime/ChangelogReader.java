package dev.millrace.streams.runtime;

import dev.millrace.streams.errors.RecordFailedException;
import dev.millrace.streams.state.TaskStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds stores from their changelogs, for all tasks of a thread at once.
 *
 * <p>A changelog is read up to the end that it has for readers of uncommitted records, but only what is committed is taken.
 * The end for readers of committed records would not do: a transaction whose commit is decided, and whose offsets are
 * visible already, may still wait for its marker in the changelog, and its records would be missed.
 */
final class ChangelogReader implements AutoCloseable {

    private final Engine engine;
    private final Admin admin;
    private final Consumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Restoration> restorations = new HashMap<>();

    ChangelogReader(Engine engine, Admin admin, Consumer<byte[], byte[]> consumer) {
        this.engine = engine;
        this.admin = admin;
        this.consumer = consumer;
    }

    /** One changelog partition on its way into its store. */
    private static final class Restoration {
        final TaskStore store;
        long end = -1;
        boolean positioned;

        Restoration(TaskStore store) {
            this.store = store;
        }
    }

    boolean idle() {
        return restorations.isEmpty();
    }

    /** Starts rebuilding stores, which are empty. */
    void add(Map<TopicPartition, TaskStore> stores) {
        stores.forEach((changelog, store) -> restorations.put(changelog, new Restoration(store)));
        assign();
    }

    /** Forgets changelogs of tasks that are gone. */
    void remove(Collection<TopicPartition> changelogs) {
        if (restorations.keySet().removeAll(changelogs)) {
            assign();
        }
    }

    /** Records still to be read, about. */
    long remaining() {
        long remaining = 0;
        for (Map.Entry<TopicPartition, Restoration> each : restorations.entrySet()) {
            Restoration restoration = each.getValue();
            if (restoration.end >= 0 && restoration.positioned) {
                remaining += Math.max(0, restoration.end - consumer.position(each.getKey()));
            }
        }
        return remaining;
    }

    /**
     * Reads some more.
     *
     * @return changelogs that are done
     */
    Set<TopicPartition> step(Duration wait) throws InterruptedException {
        if (restorations.isEmpty()) {
            return Set.of();
        }
        findEnds();
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(wait);
        for (TopicPartition changelog : polled.partitions()) {
            Restoration restoration = restorations.get(changelog);
            if (restoration != null) {
                apply(restoration.store, polled.records(changelog));
            }
        }
        var done = new HashSet<TopicPartition>();
        restorations.forEach((changelog, restoration) -> {
            if (consumer.position(changelog) >= restoration.end) {
                done.add(changelog);
            }
        });
        remove(done);
        return done;
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }

    private void apply(TaskStore store, List<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            byte @Nullable [] value = record.value();
            try {
                store.restore(record.key(), value, record.timestamp());
            } catch (RuntimeException e) {
                throw new RecordFailedException(
                        "Store '" + store.spec().name() + "' can't be rebuilt, topic=" + record.topic() + " partition="
                                + record.partition() + " offset=" + record.offset()
                                + ": its serdes can't read what it wrote earlier (" + e.getMessage()
                                + "). Give the store another name if its type has changed.",
                        e);
            }
        }
        engine.counters().restored.add(records.size());
    }

    private void assign() {
        consumer.assign(restorations.keySet());
        var fresh = new ArrayList<TopicPartition>();
        restorations.forEach((changelog, restoration) -> {
            if (!restoration.positioned) {
                restoration.positioned = true;
                fresh.add(changelog);
            }
        });
        if (!fresh.isEmpty()) {
            consumer.seekToBeginning(fresh);
        }
    }

    private void findEnds() throws InterruptedException {
        var unknown = new HashMap<TopicPartition, OffsetSpec>();
        restorations.forEach((changelog, restoration) -> {
            if (restoration.end < 0) {
                unknown.put(changelog, OffsetSpec.latest());
            }
        });
        if (unknown.isEmpty()) {
            return;
        }
        ListOffsetsResult ends = admin.listOffsets(unknown, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
        for (TopicPartition changelog : unknown.keySet()) {
            long end = TopicSetup.await(ends.partitionResult(changelog)).offset();
            Restoration restoration = restorations.get(changelog);
            if (restoration != null) {
                restoration.end = end;
            }
        }
    }
}
