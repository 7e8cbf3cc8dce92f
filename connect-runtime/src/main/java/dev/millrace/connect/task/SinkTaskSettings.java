package dev.millrace.connect.task;

import dev.millrace.connect.plan.TaskId;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * What the parts of one sink task share.
 *
 * @param config of the task, references resolved
 * @param reportsErrants whether the task is offered a reporter: only where reports go somewhere
 */
public record SinkTaskSettings(
        TaskId id,
        SinkTask task,
        Map<String, String> config,
        ErrorHandler errors,
        TaskCounters counters,
        boolean reportsErrants,
        long commitIntervalMs) {}
