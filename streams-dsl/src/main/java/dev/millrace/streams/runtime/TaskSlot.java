package dev.millrace.streams.runtime;

import dev.millrace.streams.plan.TaskId;
import dev.millrace.streams.process.StreamTask;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A task that this thread has been given, on its way from assigned to running:
 *
 * <pre>
 *   PENDING ── committed offsets known, task built ──▶ RESTORING ── changelogs read ──▶ RUNNING
 *      ▲                                                                                  │
 *      └────────────────────── an error: back to what is committed ──────────────────────┘
 * </pre>
 */
final class TaskSlot {

    final TaskId id;
    final Set<TopicPartition> partitions = new HashSet<>();
    /** Changelogs still to be read. */
    final Set<TopicPartition> restoring = new HashSet<>();
    /** Offsets as committed last; absent for partitions without one. */
    final Map<TopicPartition, Long> committed = new HashMap<>();

    /** Null while pending. */
    private @Nullable StreamTask task;

    TaskSlot(TaskId id) {
        this.id = id;
    }

    void built(StreamTask built) {
        task = built;
    }

    void backToPending() {
        task = null;
        restoring.clear();
        committed.clear();
    }

    boolean pending() {
        return task == null;
    }

    boolean running() {
        return task != null && restoring.isEmpty();
    }

    StreamTask task() {
        StreamTask built = task;
        if (built == null) {
            throw new IllegalStateException("Task " + id + " is not built yet");
        }
        return built;
    }
}
