package dev.millrace.connect.worker;

import dev.millrace.connect.machine.Decision;
import dev.millrace.connect.plan.ConnectorPlan;
import dev.millrace.connect.plan.PlanCommand;
import dev.millrace.connect.plan.TargetState;
import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.plugin.PluginNotFoundException;
import dev.millrace.connect.plugin.PluginType;
import dev.millrace.connect.plugin.Plugins;
import dev.millrace.connect.worker.answer.ConfigValidation;
import dev.millrace.connect.worker.answer.ConnectorInfo;
import dev.millrace.connect.worker.answer.ConnectorOffsets;
import dev.millrace.connect.worker.answer.ConnectorStatus;
import dev.millrace.connect.worker.answer.ConnectorType;
import dev.millrace.connect.worker.answer.PluginInfo;
import dev.millrace.connect.worker.answer.RunState;
import dev.millrace.connect.worker.answer.TaskInfo;
import dev.millrace.connect.worker.answer.WorkerHealth;
import dev.millrace.connect.worker.answer.WorkerProgress;
import dev.millrace.connect.worker.storage.StatusStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * A Connect worker: hosts connectors against any cluster that speaks Kafka's protocol. All methods may be called from any
 * thread; those that change something return once the change is in the config topic and has been read back. They throw
 * {@link RequestRefused} with the HTTP status and a message for the person who asked.
 */
public final class ConnectWorker implements AutoCloseable {

    private final WorkerConfig config;
    private volatile @Nullable RunningWorker running;
    private volatile boolean closed;

    /** Does nothing but remember the config. */
    public ConnectWorker(WorkerConfig config) {
        this.config = config;
    }

    /**
     * Finds the plugins, creates the storage topics where they are missing, reads them to their ends, and starts what ought
     * to run.
     *
     * @throws ConnectException when the cluster cannot be reached or the topics do not fit
     */
    public void start() {
        running = RunningWorker.start(config, InstantSource.system());
    }

    /** Stops all tasks, committing what they have done, within the graceful timeout; then the clients. Idempotent. */
    @Override
    public void close() {
        closed = true;
        RunningWorker worker = running;
        if (worker != null) {
            worker.close();
        }
    }

    private RunningWorker worker() {
        RunningWorker worker = running;
        if (worker == null || closed) {
            throw new RequestRefused(503, closed ? "The worker is stopping." : "Worker is still starting up.");
        }
        return worker;
    }

    public WorkerHealth health() {
        RunningWorker worker = running;
        if (worker == null) {
            return new WorkerHealth(WorkerHealth.Status.starting, "Worker is still starting up.");
        }
        String error =
                closed ? "The worker is stopping." : worker.storage().log().error();
        return error == null
                ? new WorkerHealth(
                        WorkerHealth.Status.healthy, "Worker has completed startup and is ready to handle requests.")
                : new WorkerHealth(
                        WorkerHealth.Status.unhealthy,
                        "Worker was unable to handle this request and may be unable to handle other requests. "
                                + error);
    }

    /** The settings that the worker was made with. */
    public WorkerConfig settings() {
        return config;
    }

    public String clusterId() {
        return worker().clusterId();
    }

    /** Names, sorted. */
    public Set<String> connectors() {
        return new TreeSet<>(worker().storage().plan().image().connectors().keySet());
    }

    public ConnectorInfo connector(String name) {
        return info(plan(name));
    }

    private ConnectorPlan plan(String name) {
        ConnectorPlan plan = worker().storage().plan().image().connector(name);
        if (plan == null) {
            throw RequestRefused.notFound("Connector " + name + " not found");
        }
        return plan;
    }

    private ConnectorInfo info(ConnectorPlan plan) {
        return new ConnectorInfo(plan.name(), plan.config(), plan.tasks(), type(plan.config()));
    }

    private ConnectorType type(Map<String, String> connectorConfig) {
        try {
            return worker().plugins().connector(connectorConfig).type() == PluginType.SOURCE
                    ? ConnectorType.SOURCE
                    : ConnectorType.SINK;
        } catch (PluginNotFoundException e) {
            return ConnectorType.UNKNOWN;
        }
    }

    /** 400 when the config is invalid, 409 when a connector of that name exists. */
    public ConnectorInfo create(String name, Map<String, String> connectorConfig, @Nullable TargetState initial) {
        Map<String, String> named = named(name, connectorConfig);
        ConfigValidator.requireValid(validate(named));
        execute(new PlanCommand.CreateConnector(name, named, initial));
        return connector(name);
    }

    /** @param created whether the connector is new */
    public record Put(boolean created, ConnectorInfo connector) {}

    /** Creates or replaces. 400 when the config is invalid. */
    public Put put(String name, Map<String, String> connectorConfig) {
        Map<String, String> named = named(name, connectorConfig);
        ConfigValidator.requireValid(validate(named));
        boolean created = worker().storage().plan().image().connector(name) == null;
        execute(new PlanCommand.PutConnector(name, named));
        return new Put(created, connector(name));
    }

    /** Changes some settings and removes those whose value is null (KIP-477). */
    public ConnectorInfo patch(String name, Map<String, @Nullable String> changes) {
        Map<String, String> patched = new LinkedHashMap<>(plan(name).config());
        changes.forEach((setting, value) -> {
            if (value == null) {
                patched.remove(setting);
            } else {
                patched.put(setting, value);
            }
        });
        return put(name, patched).connector();
    }

    private static Map<String, String> named(String name, Map<String, String> connectorConfig) {
        String inside = connectorConfig.get(ConnectorDefinition.NAME);
        if (inside != null && !inside.equals(name)) {
            throw RequestRefused.badRequest("Connector name configuration (" + inside
                    + ") doesn't match connector name in the URL (" + name + ")");
        }
        Map<String, String> named = new LinkedHashMap<>(connectorConfig);
        named.put(ConnectorDefinition.NAME, name);
        return named;
    }

    private void execute(PlanCommand command) {
        RunningWorker worker = worker();
        if (worker.storage().plan().execute(worker.storage().log(), command) instanceof Decision.Refused<?> refused) {
            throw switch (refused.reason()) {
                case BAD_REQUEST -> RequestRefused.badRequest(refused.message());
                case NOT_FOUND -> RequestRefused.notFound(refused.message());
                case CONFLICT -> RequestRefused.conflict(refused.message());
            };
        }
    }

    public void delete(String name) {
        execute(new PlanCommand.RemoveConnector(name));
    }

    public Map<String, String> config(String name) {
        return plan(name).config();
    }

    public ConnectorStatus status(String name) {
        ConnectorPlan plan = plan(name);
        StatusStore statuses = worker().storage().statuses();
        List<ConnectorStatus.Task> tasks = new ArrayList<>();
        SortedMap<TaskId, StatusStore.Status> known = statuses.tasks(name);
        known.forEach((id, status) -> tasks.add(task(id, status)));
        StatusStore.Status own = statuses.connector(name);
        return new ConnectorStatus(name, connector(own), tasks, type(plan.config()));
    }

    /** A connector that has just been created is not assigned yet. */
    private ConnectorStatus.Connector connector(StatusStore.@Nullable Status status) {
        return status == null
                ? new ConnectorStatus.Connector(RunState.UNASSIGNED, config.workerId(), null, null)
                : new ConnectorStatus.Connector(status.state(), status.workerId(), status.trace(), status.version());
    }

    private static ConnectorStatus.Task task(TaskId id, StatusStore.Status status) {
        return new ConnectorStatus.Task(id.task(), status.state(), status.workerId(), status.trace(), status.version());
    }

    public ConnectorStatus.Task status(TaskId id) {
        StatusStore.Status status =
                worker().storage().statuses().tasks(id.connector()).get(id);
        if (status == null) {
            throw RequestRefused.notFound("No status found for task " + id);
        }
        return task(id, status);
    }

    public List<TaskInfo> tasks(String name) {
        ConnectorPlan plan = plan(name);
        return plan.tasks().stream()
                .map(id -> new TaskInfo(id, plan.taskConfigs().get(id.task())))
                .toList();
    }

    /** Returns once the wish is written; the tasks follow in their own time. */
    public void setTargetState(String name, TargetState target) {
        execute(new PlanCommand.SetTargetState(name, target));
    }

    /** Restarts the connector itself, and according to the flags its tasks (KIP-745); tells what will be restarted. */
    public ConnectorStatus restart(String name, boolean includeTasks, boolean onlyFailed) {
        ConnectorStatus status = status(name);
        Reconciler reconciler = worker().reconciler();
        ConnectorStatus.Connector connector = status.connector();
        if (!onlyFailed || connector.state() == RunState.FAILED) {
            connector =
                    new ConnectorStatus.Connector(RunState.RESTARTING, connector.workerId(), null, connector.version());
            reconciler.restart(name);
        }
        List<ConnectorStatus.Task> tasks = new ArrayList<>();
        for (ConnectorStatus.Task task : status.tasks()) {
            if (includeTasks && (!onlyFailed || task.state() == RunState.FAILED)) {
                tasks.add(new ConnectorStatus.Task(
                        task.id(), RunState.RESTARTING, task.workerId(), null, task.version()));
                reconciler.restart(new TaskId(name, task.id()));
            } else {
                tasks.add(task);
            }
        }
        return new ConnectorStatus(name, connector, tasks, status.type());
    }

    public void restart(TaskId id) {
        if (!plan(id.connector()).tasks().contains(id)) {
            throw RequestRefused.notFound("Unknown task: " + id);
        }
        worker().reconciler().restart(id);
    }

    public ConnectorOffsets offsets(String name) {
        return worker().offsetRequests().show(name, plan(name).config());
    }

    /** Only for a stopped connector (KIP-875). Returns a line on what was done. */
    public String alterOffsets(String name, ConnectorOffsets offsets) {
        if (offsets.offsets() == null || offsets.offsets().isEmpty()) {
            throw RequestRefused.badRequest("Partitions / offsets need to be provided for an alter offsets request");
        }
        return worker().offsetRequests().alter(name, stopped(name).config(), offsets);
    }

    /** Only for a stopped connector (KIP-875). Returns a line on what was done. */
    public String resetOffsets(String name) {
        return worker().offsetRequests().reset(name, stopped(name).config());
    }

    private ConnectorPlan stopped(String name) {
        ConnectorPlan plan = plan(name);
        boolean taskRuns = worker().reconciler().taskMotors().stream()
                .anyMatch(motor -> motor.id().connector().equals(name));
        if (plan.target() != TargetState.STOPPED || taskRuns) {
            throw RequestRefused.badRequest(
                    "Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the"
                            + " specified connector by issuing a 'PUT' request to the '/connectors/" + name
                            + "/stop' endpoint");
        }
        return plan;
    }

    /** The topics that the connector has used since its creation or the last reset (KIP-558). */
    public Set<String> topics(String name) {
        requireTopicTracking();
        plan(name);
        return worker().storage().statuses().topics(name);
    }

    public void resetTopics(String name) {
        requireTopicTracking();
        if (!config.topicTrackingReset()) {
            throw new RequestRefused(403, "Topic tracking reset is disabled.");
        }
        plan(name);
        worker().storage().statuses().removeTopics(worker().storage().log(), name);
    }

    private void requireTopicTracking() {
        if (!config.topicTracking()) {
            throw new RequestRefused(403, "Topic tracking is disabled.");
        }
    }

    /** @param connectorsOnly whether to leave out converters, transformations and predicates */
    public List<PluginInfo> plugins(boolean connectorsOnly) {
        List<PluginType> types = connectorsOnly
                ? List.of(PluginType.SINK, PluginType.SOURCE)
                : List.of(
                        PluginType.SINK,
                        PluginType.SOURCE,
                        PluginType.TRANSFORMATION,
                        PluginType.PREDICATE,
                        PluginType.CONVERTER,
                        PluginType.HEADER_CONVERTER);
        Plugins plugins = worker().pluginRegistry();
        return types.stream()
                .flatMap(type -> plugins.of(type).stream())
                .map(plugin -> new PluginInfo(plugin.className(), plugin.type().id(), plugin.version()))
                .toList();
    }

    /** The settings that a plugin defines, by class name or alias. */
    public List<ConfigValidation.Definition> pluginConfig(String plugin) {
        try {
            return ConfigValidator.definitions(
                    PluginDefinition.of(worker().pluginRegistry().findAny(plugin)));
        } catch (PluginNotFoundException e) {
            throw RequestRefused.notFound(e.getMessage());
        }
    }

    /** Runs the plugin's own validation on the caller's thread. */
    public ConfigValidation validate(Map<String, String> connectorConfig) {
        return worker().validator().validate(connectorConfig);
    }

    public WorkerProgress progress() {
        RunningWorker worker = worker();
        List<WorkerProgress.Connector> connectors = new ArrayList<>();
        List<WorkerProgress.SourceTask> sources = new ArrayList<>();
        List<WorkerProgress.SinkTask> sinks = new ArrayList<>();
        for (ConnectorPlan plan : worker.storage().plan().image().connectors().values()) {
            ConnectorType type = type(plan.config());
            ConnectorMotor motor = worker.reconciler().connectorMotor(plan.name());
            boolean settled = motor != null && isSettled(plan, motor);
            connectors.add(new WorkerProgress.Connector(
                    plan.name(),
                    type,
                    motor == null ? RunState.UNASSIGNED : motor.state(),
                    settled,
                    motor == null ? null : message(motor.failure())));
            for (TaskId id : plan.tasks()) {
                TaskMotor task = worker.reconciler().taskMotor(id);
                if (task != null && type == ConnectorType.SOURCE) {
                    sources.add(source(task));
                } else if (task != null) {
                    sinks.add(sink(task));
                }
            }
        }
        return new WorkerProgress(List.copyOf(connectors), List.copyOf(sources), List.copyOf(sinks));
    }

    private boolean isSettled(ConnectorPlan plan, ConnectorMotor motor) {
        if (plan.target() != TargetState.RUNNING || motor.state() == RunState.FAILED) {
            return true;
        }
        return motor.plan().configRevision() == plan.configRevision()
                && motor.tasksMade()
                && plan.tasks().stream().allMatch(id -> isUnderWay(plan, id));
    }

    private boolean isUnderWay(ConnectorPlan plan, TaskId id) {
        TaskMotor task = worker().reconciler().taskMotor(id);
        return task != null
                && task.task().plan().tasksRevision() == plan.tasksRevision()
                && task.state() != RunState.UNASSIGNED;
    }

    private WorkerProgress.SourceTask source(TaskMotor task) {
        var counters = task.counters();
        return new WorkerProgress.SourceTask(
                task.id(),
                task.state(),
                counters.in(),
                counters.out(),
                counters.skipped(),
                counters.failed(),
                counters.uncommitted(),
                counters.idle() && task.state() == RunState.RUNNING,
                error(task));
    }

    private WorkerProgress.SinkTask sink(TaskMotor task) {
        var counters = task.counters();
        return new WorkerProgress.SinkTask(
                task.id(),
                task.state(),
                counters.in(),
                counters.out(),
                counters.skipped(),
                counters.failed(),
                counters.deadLettered(),
                counters.idle() && task.state() == RunState.RUNNING,
                error(task));
    }

    private @Nullable String error(TaskMotor task) {
        String failure = message(task.failure());
        return failure != null ? failure : hidden(task.counters().lastError());
    }

    private @Nullable String message(@Nullable Throwable failure) {
        return failure == null
                ? null
                : hidden(failure.getMessage() == null ? failure.toString() : failure.getMessage());
    }

    private @Nullable String hidden(@Nullable String text) {
        return text == null ? null : worker().secrets().hide(text);
    }
}
