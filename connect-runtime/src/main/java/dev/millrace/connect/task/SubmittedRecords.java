package dev.millrace.connect.task;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which source offsets may be committed: per source partition the last one of which it and all before it are acknowledged.
 * Acknowledgements come in any order, from the producer's thread. Thread-safe.
 */
final class SubmittedRecords {

    private final Map<@Nullable Map<String, ?>, Deque<Submitted>> byPartition = new HashMap<>();
    private Map<@Nullable Map<String, ?>, @Nullable Map<String, ?>> committable = new LinkedHashMap<>();
    private long submitted;
    private long drained;
    private long committed;

    private @Nullable Map<String, ?> lastPartition;
    private @Nullable Deque<Submitted> lastQueue;

    /** A record on its way to the broker. */
    static final class Submitted {
        private final @Nullable Map<String, ?> offset;
        private volatile boolean acknowledged;

        private Submitted(@Nullable Map<String, ?> offset) {
            this.offset = offset;
        }

        void acknowledge() {
            acknowledged = true;
        }
    }

    /** @param records how many records these offsets stand for */
    record Offsets(Map<@Nullable Map<String, ?>, @Nullable Map<String, ?>> byPartition, long records) {}

    synchronized Submitted submit(@Nullable Map<String, ?> partition, @Nullable Map<String, ?> offset) {
        Submitted record = new Submitted(offset);
        Deque<Submitted> queue = lastQueue;
        // Connectors mostly hand in the same map for many records: then its hash need not be computed.
        if (queue == null || partition != lastPartition) {
            queue = byPartition.computeIfAbsent(partition, p -> new ArrayDeque<>());
            lastPartition = partition;
            lastQueue = queue;
        }
        queue.add(record);
        submitted++;
        return record;
    }

    /** Takes back the record submitted last, which was not accepted for sending. */
    synchronized void retract(@Nullable Map<String, ?> partition, Submitted record) {
        Deque<Submitted> queue = byPartition.get(partition);
        if (queue != null && queue.removeLastOccurrence(record)) {
            submitted--;
        }
    }

    /** Moves on over what is acknowledged. To be called often, so that memory holds what is under way and no more. */
    synchronized void drain() {
        byPartition.forEach((partition, queue) -> {
            Submitted last = null;
            while (!queue.isEmpty() && queue.peek().acknowledged) {
                last = queue.remove();
                drained++;
            }
            if (last != null) {
                committable.put(partition, last.offset);
            }
        });
        if (byPartition.size() > 1) {
            forgetEmptyQueues(byPartition.values());
        }
    }

    private void forgetEmptyQueues(Collection<Deque<Submitted>> queues) {
        queues.removeIf(queue -> queue.isEmpty() && queue != lastQueue);
    }

    /** What can be committed now. Either {@link #committed} or {@link #notCommitted} must follow. */
    synchronized Offsets take() {
        drain();
        Offsets taken = new Offsets(committable, drained - committed);
        committable = new LinkedHashMap<>();
        return taken;
    }

    synchronized void committed(Offsets offsets) {
        committed += offsets.records();
    }

    /** The offsets go back; newer ones that came meanwhile stay. */
    synchronized void notCommitted(Offsets offsets) {
        offsets.byPartition().forEach(committable::putIfAbsent);
    }

    /** How many records are submitted but not committed. */
    synchronized long uncommitted() {
        return submitted - committed;
    }

    /** Whether {@link #take} would yield anything. */
    synchronized boolean hasCommittable() {
        drain();
        return !committable.isEmpty();
    }
}
