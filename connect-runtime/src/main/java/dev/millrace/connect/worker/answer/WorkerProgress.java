package dev.millrace.connect.worker.answer;

import dev.millrace.connect.plan.TaskId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far the connectors of this worker have come: a snapshot of counters that only grow while a task runs. */
public record WorkerProgress(List<Connector> connectors, List<SourceTask> sources, List<SinkTask> sinks) {

    /**
     * @param settled whether the connector has started on its present config, its task configs are written, and one task
     *     runs (or has failed) for each
     * @param error the last error's message; null unless the connector itself failed
     */
    public record Connector(
            String name,
            ConnectorType type,
            RunState state,
            boolean settled,
            @Nullable String error) {}

    /**
     * @param polled records that the task returned
     * @param written of these, acknowledged by the broker
     * @param skipped of these, dropped by a transform
     * @param failed of these, given up under {@code errors.tolerance=all}
     * @param uncommitted returned records whose source offset is not committed yet
     * @param idle the last poll returned nothing, and everything that was returned before is written and committed
     */
    public record SourceTask(
            TaskId id,
            RunState state,
            long polled,
            long written,
            long skipped,
            long failed,
            long uncommitted,
            boolean idle,
            @Nullable String error) {}

    /**
     * @param consumed records that were read
     * @param put of these, handed to the connector
     * @param skipped of these, dropped by a transform
     * @param failed of these, given up under {@code errors.tolerance=all} or reported by the connector
     * @param deadLettered of the failed ones, written to the dead letter queue
     * @param idle the last poll returned nothing, and everything that was read before is committed
     */
    public record SinkTask(
            TaskId id,
            RunState state,
            long consumed,
            long put,
            long skipped,
            long failed,
            long deadLettered,
            boolean idle,
            @Nullable String error) {}

    /** Whether finite sources are through: every source connector is settled and every one of its tasks idle. */
    public boolean sourcesAreIdle() {
        return connectors.stream()
                        .filter(connector -> connector.type() == ConnectorType.SOURCE)
                        .allMatch(Connector::settled)
                && sources.stream().allMatch(SourceTask::idle);
    }

    /** Whether any connector or task has failed. */
    public boolean hasFailures() {
        return connectors.stream().anyMatch(connector -> connector.state() == RunState.FAILED)
                || sources.stream().anyMatch(task -> task.state() == RunState.FAILED)
                || sinks.stream().anyMatch(task -> task.state() == RunState.FAILED);
    }
}
