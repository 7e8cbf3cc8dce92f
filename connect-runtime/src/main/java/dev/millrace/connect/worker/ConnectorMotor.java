package dev.millrace.connect.worker;

import dev.millrace.connect.plan.ConnectorPlan;
import dev.millrace.connect.plan.TargetState;
import dev.millrace.connect.plugin.ContextLoader;
import dev.millrace.connect.plugin.Plugin;
import dev.millrace.connect.worker.answer.RunState;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnectorContext;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceConnectorContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one connector: starts and stops the plugin as its target state says, and asks it for task configs whenever it
 * starts or wants to be asked. A connector that hangs holds up nothing but itself.
 */
final class ConnectorMotor {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectorMotor.class);
    private static final long IDLE_WAIT_MS = 60_000;
    private static final long TASKS_RETRY_MS = 1_000;

    private final ConnectorPlan plan;
    private final Host host;
    private final Listener listener;
    private final Signal signal = new Signal();
    private final Thread thread;

    private volatile TargetState target;
    private volatile boolean stopWanted;
    private volatile boolean abandoned;
    private volatile boolean tasksWanted;
    private volatile boolean tasksMade;
    private volatile RunState state = RunState.UNASSIGNED;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Exception raised;

    /** What a connector needs of its worker. */
    interface Host {
        /** @throws ConnectException when there is no such plugin */
        Plugin plugin(Map<String, String> config);

        Map<String, String> resolve(Map<String, String> config);

        OffsetStorageReader offsets(String connector);

        PluginMetrics metrics(String connector);

        /** Blocks until the configs are in the plan. */
        void setTasks(
                ConnectorPlan plan, Map<String, String> resolved, Connector connector, List<Map<String, String>> tasks);
    }

    /** Called on the connector's thread; must not block. */
    interface Listener {
        void stateChanged(ConnectorMotor motor);

        /** The thread ends. */
        void ended(ConnectorMotor motor);
    }

    ConnectorMotor(ConnectorPlan plan, Host host, Listener listener) {
        this.plan = plan;
        this.host = host;
        this.listener = listener;
        this.target = plan.target();
        this.thread = new Thread(this::run, "connector-thread-" + plan.name());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    ConnectorPlan plan() {
        return plan;
    }

    String name() {
        return plan.name();
    }

    RunState state() {
        return state;
    }

    TargetState target() {
        return target;
    }

    /** Whether the connector has been asked for its tasks since it started, and they are in the plan. */
    boolean tasksMade() {
        return tasksMade;
    }

    /** Why the connector has failed; null unless it has. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    void moveTo(TargetState wanted) {
        target = wanted;
        signal.raise();
    }

    void stop() {
        stopWanted = true;
        signal.raise();
    }

    void abandon() {
        abandoned = true;
        thread.interrupt();
    }

    boolean isAbandoned() {
        return abandoned;
    }

    private void run() {
        try {
            runConnector();
        } catch (Throwable e) { // Plugins throw what they like; the worker goes on, and the status says what it was.
            failure = e;
            change(RunState.FAILED);
        } finally {
            listener.ended(this);
        }
    }

    private void runConnector() throws InterruptedException {
        Plugin plugin = host.plugin(plan.config());
        try (ContextLoader ignored = ContextLoader.use(plugin.loader())) {
            Connector connector = plugin.newInstance(Connector.class);
            connector.initialize(
                    connector instanceof SourceConnector
                            ? new Source(host.offsets(plan.name()), host.metrics(plan.name()))
                            : new Sink(host.metrics(plan.name())));
            boolean started = false;
            Map<String, String> resolved = plan.config();
            try {
                while (!stopWanted) {
                    TargetState wanted = target;
                    if (wanted == TargetState.RUNNING && !started) {
                        resolved = host.resolve(plan.config());
                        connector.start(resolved);
                        started = true;
                        tasksWanted = true;
                    } else if (wanted != TargetState.RUNNING && started) {
                        started = false;
                        connector.stop();
                    }
                    change(stateOf(wanted));
                    throwIfRaised();
                    if (started && tasksWanted) {
                        tasksWanted = false;
                        if (!makeTasks(connector, resolved)) {
                            tasksWanted = true;
                            signal.await(TASKS_RETRY_MS, () -> stopWanted || target != wanted);
                            continue;
                        }
                    }
                    signal.await(IDLE_WAIT_MS, () -> stopWanted || target != wanted || tasksWanted || raised != null);
                }
            } finally {
                if (started) {
                    connector.stop();
                }
            }
        }
    }

    /** @return false when the plan could not be written, so that it has to be tried again */
    private boolean makeTasks(Connector connector, Map<String, String> resolved) {
        int max = Integer.parseInt(
                plan.config().getOrDefault(ConnectorDefinition.TASKS_MAX, "1").trim());
        List<Map<String, String>> tasks = connector.taskConfigs(max);
        if (tasks.size() > max) {
            String excess = "Connector " + plan.name() + " made " + tasks.size() + " tasks, more than tasks.max=" + max;
            if (Boolean.parseBoolean(plan.config().getOrDefault(ConnectorDefinition.TASKS_MAX_ENFORCE, "true"))) {
                throw new ConnectException(excess + ": raise it, or set tasks.max.enforce=false");
            }
            LOG.warn(excess);
        }
        try {
            host.setTasks(plan, resolved, connector, tasks);
            tasksMade = true;
            return true;
        } catch (ConnectException e) {
            LOG.warn(
                    "Task configs not written, will be tried again: connector={} error={}",
                    plan.name(),
                    e.getMessage());
            return false;
        }
    }

    private static RunState stateOf(TargetState target) {
        return switch (target) {
            case RUNNING -> RunState.RUNNING;
            case PAUSED -> RunState.PAUSED;
            case STOPPED -> RunState.STOPPED;
        };
    }

    private void throwIfRaised() {
        Exception error = raised;
        if (error != null) {
            throw new ConnectException(
                    "Connector " + plan.name() + " has reported an error: " + error.getMessage(), error);
        }
    }

    private void change(RunState next) {
        if (state != next) {
            state = next;
            listener.stateChanged(this);
        }
    }

    private class Context implements ConnectorContext {
        private final PluginMetrics metrics;

        Context(PluginMetrics metrics) {
            this.metrics = metrics;
        }

        @Override
        public void requestTaskReconfiguration() {
            tasksWanted = true;
            signal.raise();
        }

        @Override
        public void raiseError(Exception error) {
            raised = error;
            signal.raise();
        }

        @Override
        public PluginMetrics pluginMetrics() {
            return metrics;
        }
    }

    private final class Source extends Context implements SourceConnectorContext {
        private final OffsetStorageReader offsets;

        Source(OffsetStorageReader offsets, PluginMetrics metrics) {
            super(metrics);
            this.offsets = offsets;
        }

        @Override
        public OffsetStorageReader offsetStorageReader() {
            return offsets;
        }
    }

    private final class Sink extends Context implements SinkConnectorContext {
        Sink(PluginMetrics metrics) {
            super(metrics);
        }
    }
}
