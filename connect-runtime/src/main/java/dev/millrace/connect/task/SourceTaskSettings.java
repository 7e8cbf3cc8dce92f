package dev.millrace.connect.task;

import dev.millrace.connect.plan.TaskId;
import org.apache.kafka.connect.source.SourceTask;

/** What the parts of one source task share. */
public record SourceTaskSettings(
        TaskId id, SourceTask task, CommitHooks hooks, ErrorHandler errors, ErrorPolicy policy, TaskCounters counters) {

    public static SourceTaskSettings of(
            TaskId id, SourceTask task, ErrorHandler errors, ErrorPolicy policy, TaskCounters counters) {
        return new SourceTaskSettings(id, task, new CommitHooks(task), errors, policy, counters);
    }
}
