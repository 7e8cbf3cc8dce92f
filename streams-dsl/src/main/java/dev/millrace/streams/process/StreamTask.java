package dev.millrace.streams.process;

import dev.millrace.streams.plan.StoreSpec;
import dev.millrace.streams.plan.SubTopology;
import dev.millrace.streams.plan.TaskId;
import dev.millrace.streams.state.TaskStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One sub-topology at one partition, as a machine: records are put in, a step processes some of them, a flush sends what has
 * gathered. It knows no client and no clock, and is used by one thread at a time.
 *
 * <p>With several input partitions the record with the lowest event time goes first. An empty buffer makes the others wait
 * only while there is more of it on the broker.
 */
public final class StreamTask {

    private final TaskId id;
    private final TaskContext context;
    private final ProcessorChain chain;
    private final InputQueue[] queues;
    private final Map<TopicPartition, InputQueue> byPartition = new HashMap<>();

    /**
     * @param partitionTimesMs the highest event time that each input partition had when it was last committed; partitions
     *     without one are new. They are the task's input, by name on the broker
     */
    public StreamTask(
            TaskId id,
            SubTopology sub,
            TaskBlueprint blueprint,
            RecordCollector collector,
            Map<TopicPartition, Long> partitionTimesMs) {
        this.id = id;
        this.context = new TaskContext(id, collector, blueprint.failurePolicy(), blueprint.counters());
        long streamTimeMs = partitionTimesMs.values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(InputQueue.NO_TIMESTAMP);
        this.chain = new ProcessorChain(sub, context, blueprint, streamTimeMs);
        partitionTimesMs.forEach((partition, timeMs) -> {
            SourceProcessor source = chain.sources.get(partition.topic());
            if (source == null) {
                throw new IllegalArgumentException("Task " + id + " does not read " + partition);
            }
            byPartition.put(partition, new InputQueue(partition, source, context, timeMs));
        });
        queues = byPartition.values().toArray(new InputQueue[0]);
    }

    public TaskId id() {
        return id;
    }

    public Collection<TopicPartition> partitions() {
        return byPartition.keySet();
    }

    /** Hands over polled records of one of the task's partitions, in offset order. */
    public void add(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        queue(partition).add(records);
        context.counters.consumed.add(records.size());
    }

    public int buffered(TopicPartition partition) {
        return queue(partition).size();
    }

    /**
     * Processes up to {@code recordsMax} records.
     *
     * @return how many; less than asked for if there is nothing more to do before new records come
     */
    public int step(long nowMs, int recordsMax, InputLag lag) {
        int processed = 0;
        while (processed < recordsMax) {
            InputQueue queue = queues.length == 1 ? single() : earliest(lag);
            if (queue == null) {
                break;
            }
            queue.processHead();
            processed++;
        }
        context.betweenRecords();
        if (processed > 0) {
            context.counters.processed.add(processed);
        }
        context.drops.maybeReport(id, nowMs);
        return processed;
    }

    /** Sends what has gathered in stores downstream and to the changelogs: to be done before every commit. */
    public void flush() {
        for (TaskStore store : chain.stores) {
            store.flush();
        }
        for (WindowAggregateProcessor processor : chain.windowed) {
            processor.expire();
        }
    }

    /** The offset from which the partition has to be read again if the task restarts now; -1 if all that came is processed. */
    public long firstWaitingOffset(TopicPartition partition) {
        return queue(partition).firstWaitingOffset();
    }

    /** The highest event time of the partition's processed records, to be given back when the task restarts. */
    public long partitionTimeMs(TopicPartition partition) {
        return queue(partition).partitionTimeMs();
    }

    /** The task's stores, to be restored or looked into. */
    public List<TaskStore> stores() {
        return List.copyOf(chain.stores);
    }

    /** Specs of the stores that are rebuilt from a changelog. */
    public List<StoreSpec> loggedStores() {
        var logged = new ArrayList<StoreSpec>();
        chain.stores.forEach(store -> {
            if (store.spec().logged()) {
                logged.add(store.spec());
            }
        });
        return logged;
    }

    private @Nullable InputQueue single() {
        return queues[0].headTimestampMs() == InputQueue.NO_TIMESTAMP ? null : queues[0];
    }

    private @Nullable InputQueue earliest(InputLag lag) {
        InputQueue earliest = null;
        long earliestMs = Long.MAX_VALUE;
        for (InputQueue queue : queues) {
            long timestampMs = queue.headTimestampMs();
            if (timestampMs == InputQueue.NO_TIMESTAMP) {
                if (lag.hasMore(queue.partition)) {
                    return null;
                }
            } else if (earliest == null || timestampMs < earliestMs) {
                earliest = queue;
                earliestMs = timestampMs;
            }
        }
        return earliest;
    }

    private InputQueue queue(TopicPartition partition) {
        InputQueue queue = byPartition.get(partition);
        if (queue == null) {
            throw new IllegalArgumentException("Task " + id + " does not read " + partition);
        }
        return queue;
    }
}
