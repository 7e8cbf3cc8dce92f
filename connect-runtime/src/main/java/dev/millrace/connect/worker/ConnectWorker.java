package dev.millrace.connect.worker;

import dev.millrace.connect.plan.TargetState;
import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.worker.answer.ConfigValidation;
import dev.millrace.connect.worker.answer.ConnectorInfo;
import dev.millrace.connect.worker.answer.ConnectorOffsets;
import dev.millrace.connect.worker.answer.ConnectorStatus;
import dev.millrace.connect.worker.answer.PluginInfo;
import dev.millrace.connect.worker.answer.TaskInfo;
import dev.millrace.connect.worker.answer.WorkerHealth;
import dev.millrace.connect.worker.answer.WorkerProgress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Connect worker: hosts connectors against any cluster that speaks Kafka's protocol. All methods may be called from any
 * thread; those that change something return once the change is in the config topic and has been read back. They throw
 * {@link RequestRefused} with the HTTP status and a message for the person who asked.
 */
public final class ConnectWorker implements AutoCloseable {

    public ConnectWorker(WorkerConfig config) {
        throw new UnsupportedOperationException(config.groupId());
    }

    /**
     * Creates the storage topics where they are missing, reads them to their ends, and starts what ought to run.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException when the cluster cannot be reached or the topics do not fit
     */
    public void start() {}

    /** Stops all tasks, committing what they have done, within the graceful timeout; then the clients. Idempotent. */
    @Override
    public void close() {}

    public WorkerHealth health() {
        throw new UnsupportedOperationException();
    }

    public String clusterId() {
        throw new UnsupportedOperationException();
    }

    public Set<String> connectors() {
        throw new UnsupportedOperationException();
    }

    public ConnectorInfo connector(String name) {
        throw new UnsupportedOperationException(name);
    }

    /** 400 when the config is invalid, 409 when a connector of that name exists. */
    public ConnectorInfo create(String name, Map<String, String> config, @Nullable TargetState initial) {
        throw new UnsupportedOperationException(name);
    }

    /** @param created whether the connector is new */
    public record Put(boolean created, ConnectorInfo connector) {}

    /** Creates or replaces. 400 when the config is invalid. */
    public Put put(String name, Map<String, String> config) {
        throw new UnsupportedOperationException(name);
    }

    /** Changes some settings and removes those whose value is null (KIP-477). */
    public ConnectorInfo patch(String name, Map<String, @Nullable String> changes) {
        throw new UnsupportedOperationException(name);
    }

    public void delete(String name) {
        throw new UnsupportedOperationException(name);
    }

    public Map<String, String> config(String name) {
        throw new UnsupportedOperationException(name);
    }

    public ConnectorStatus status(String name) {
        throw new UnsupportedOperationException(name);
    }

    public ConnectorStatus.Task status(TaskId task) {
        throw new UnsupportedOperationException(task.toString());
    }

    public List<TaskInfo> tasks(String name) {
        throw new UnsupportedOperationException(name);
    }

    /** Returns once the wish is written; the tasks follow in their own time. */
    public void setTargetState(String name, TargetState target) {
        throw new UnsupportedOperationException(name);
    }

    /** Restarts the connector itself, and according to the flags its tasks (KIP-745); tells what will be restarted. */
    public ConnectorStatus restart(String name, boolean includeTasks, boolean onlyFailed) {
        throw new UnsupportedOperationException(name);
    }

    public void restart(TaskId task) {
        throw new UnsupportedOperationException(task.toString());
    }

    public ConnectorOffsets offsets(String name) {
        throw new UnsupportedOperationException(name);
    }

    /** Only for a stopped connector (KIP-875). Returns a line on what was done. */
    public String alterOffsets(String name, ConnectorOffsets offsets) {
        throw new UnsupportedOperationException(name + offsets);
    }

    /** Only for a stopped connector (KIP-875). Returns a line on what was done. */
    public String resetOffsets(String name) {
        throw new UnsupportedOperationException(name);
    }

    /** The topics that the connector has used since its creation or the last reset (KIP-558). */
    public Set<String> topics(String name) {
        throw new UnsupportedOperationException(name);
    }

    public void resetTopics(String name) {
        throw new UnsupportedOperationException(name);
    }

    public List<PluginInfo> plugins(boolean connectorsOnly) {
        throw new UnsupportedOperationException(String.valueOf(connectorsOnly));
    }

    /** The settings that a plugin defines, by class name or alias. */
    public List<ConfigValidation.Definition> pluginConfig(String plugin) {
        throw new UnsupportedOperationException(plugin);
    }

    public ConfigValidation validate(Map<String, String> config) {
        throw new UnsupportedOperationException(config.toString());
    }

    public WorkerProgress progress() {
        throw new UnsupportedOperationException();
    }

    /** The state of a task that runs here, for whoever wants to wait for it. */
    public Optional<ConnectorStatus.Task> running(TaskId task) {
        throw new UnsupportedOperationException(task.toString());
    }
}
