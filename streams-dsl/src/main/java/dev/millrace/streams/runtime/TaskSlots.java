package dev.millrace.streams.runtime;

import dev.millrace.streams.plan.TaskId;
import dev.millrace.streams.process.OffsetMetadata;
import dev.millrace.streams.process.RecordCollector;
import dev.millrace.streams.process.StreamTask;
import dev.millrace.streams.state.TaskStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of one thread. Input is paused until its task runs. Whatever way a task comes to run, new or after an error, it
 * starts from the committed offsets and the changelogs alone.
 */
final class TaskSlots {

    private static final Logger LOG = LoggerFactory.getLogger(TaskSlots.class);
    private static final Duration OFFSETS_WAIT = Duration.ofSeconds(1);

    private final Engine engine;
    private final Consumer<byte[], byte[]> consumer;
    private final ChangelogReader changelogs;
    private final Map<TaskId, TaskSlot> slots = new TreeMap<>();
    private final Map<TopicPartition, TaskSlot> byPartition = new HashMap<>();
    private List<TaskSlot> running = List.of();

    TaskSlots(Engine engine, Consumer<byte[], byte[]> consumer, ChangelogReader changelogs) {
        this.engine = engine;
        this.consumer = consumer;
        this.changelogs = changelogs;
    }

    int size() {
        return slots.size();
    }

    List<TaskSlot> running() {
        return running;
    }

    void assigned(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            TaskSlot slot = slots.computeIfAbsent(engine.taskOf(partition), TaskSlot::new);
            slot.backToPending();
            slot.partitions.add(partition);
            byPartition.put(partition, slot);
        }
        consumer.pause(partitions);
        refresh();
    }

    /** The tasks of these partitions are someone else's from now on. */
    void removed(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            TaskSlot slot = byPartition.remove(partition);
            if (slot != null) {
                changelogs.remove(slot.restoring);
                slots.remove(slot.id);
            }
        }
        refresh();
    }

    /** Everything that was not committed is forgotten. */
    void reset() {
        for (TaskSlot slot : slots.values()) {
            changelogs.remove(slot.restoring);
            slot.backToPending();
        }
        consumer.pause(byPartition.keySet());
        refresh();
    }

    boolean allRunning() {
        return running.size() == slots.size();
    }

    /** Builds pending tasks at their committed offsets. They stay pending if the broker does not tell those just now. */
    void buildPending(RecordCollector collector) {
        var pending = slots.values().stream().filter(TaskSlot::pending).toList();
        if (pending.isEmpty()) {
            return;
        }
        var partitions = new HashSet<TopicPartition>();
        pending.forEach(slot -> partitions.addAll(slot.partitions));
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed = consumer.committed(partitions, OFFSETS_WAIT);
        } catch (TimeoutException e) {
            LOG.debug("Committed offsets are not known yet: tasks={}", pending.size(), e);
            return;
        }
        for (TaskSlot slot : pending) {
            build(slot, committed, collector);
        }
        refresh();
    }

    /** These changelogs have been read to their ends. */
    void restored(Set<TopicPartition> done) {
        if (done.isEmpty()) {
            return;
        }
        for (TaskSlot slot : slots.values()) {
            if (slot.restoring.removeAll(done) && slot.running()) {
                consumer.resume(slot.partitions);
            }
        }
        refresh();
    }

    void add(ConsumerRecords<byte[], byte[]> polled) {
        for (TopicPartition partition : polled.partitions()) {
            TaskSlot slot = byPartition.get(partition);
            if (slot == null || !slot.running()) {
                continue;
            }
            StreamTask task = slot.task();
            task.add(partition, polled.records(partition));
            if (task.buffered(partition) > engine.settings.bufferedRecordsPerPartition()) {
                consumer.pause(Set.of(partition));
            }
        }
    }

    /** Fetching goes on where a full buffer had stopped it. */
    void resumeDrained() {
        Set<TopicPartition> paused = consumer.paused();
        if (paused.isEmpty()) {
            return;
        }
        var drained = new ArrayList<TopicPartition>();
        for (TopicPartition partition : paused) {
            TaskSlot slot = byPartition.get(partition);
            if (slot != null
                    && slot.running()
                    && slot.task().buffered(partition) <= engine.settings.bufferedRecordsPerPartition()) {
                drained.add(partition);
            }
        }
        consumer.resume(drained);
    }

    private void build(TaskSlot slot, Map<TopicPartition, OffsetAndMetadata> committed, RecordCollector collector) {
        var times = new HashMap<TopicPartition, Long>();
        for (TopicPartition partition : slot.partitions) {
            OffsetAndMetadata offset = committed.get(partition);
            times.put(partition, OffsetMetadata.partitionTimeMs(offset));
            if (offset != null) {
                consumer.seek(partition, offset);
                slot.committed.put(partition, offset.offset());
            } else {
                seekToReset(partition);
            }
        }
        var task = new StreamTask(slot.id, engine.subTopology(slot.id), engine.blueprint, collector, times);
        var logs = new HashMap<TopicPartition, TaskStore>();
        for (TaskStore store : task.stores()) {
            if (store.spec().logged()) {
                logs.put(new TopicPartition(engine.topics.changelog(store.spec()), slot.id.partition()), store);
            }
        }
        slot.restoring.addAll(logs.keySet());
        slot.built(task);
        if (logs.isEmpty()) {
            consumer.resume(slot.partitions);
        } else {
            changelogs.add(logs);
        }
    }

    /** Where a topic begins that was never committed; one of our own always at its beginning, nothing of it may be left out. */
    private void seekToReset(TopicPartition partition) {
        boolean external = engine.topics.plan().externalSourceTopics().contains(partition.topic());
        if (external && engine.clients.startsAtEnd()) {
            consumer.seekToEnd(Set.of(partition));
        } else {
            consumer.seekToBeginning(Set.of(partition));
        }
    }

    private void refresh() {
        running = slots.values().stream().filter(TaskSlot::running).toList();
    }
}
