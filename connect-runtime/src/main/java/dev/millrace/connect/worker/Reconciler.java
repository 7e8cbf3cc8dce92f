package dev.millrace.connect.worker;

import dev.millrace.connect.plan.ConnectorPlan;
import dev.millrace.connect.plan.Desired;
import dev.millrace.connect.plan.PlanImage;
import dev.millrace.connect.plan.Reconciliation;
import dev.millrace.connect.plan.Reconciliation.Action;
import dev.millrace.connect.plan.Reconciliation.RunningConnector;
import dev.millrace.connect.plan.Reconciliation.RunningTask;
import dev.millrace.connect.plan.TargetState;
import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.worker.answer.RunState;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what runs into line with what ought to run. One thread, which never blocks: it starts threads and tells them to
 * stop, and hears from them when they have. A thread that does not stop in time is abandoned, and no longer counts.
 */
final class Reconciler implements TaskMotor.Listener, ConnectorMotor.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final long CHECK_INTERVAL_MS = 60_000;

    private final Supplier<PlanImage> plan;
    private final TaskMotor.Parts taskParts;
    private final ConnectorMotor.Host connectorHost;
    private final StatusNotes statuses;
    private final InstantSource clock;
    private final long stopTimeoutMs;

    private final Map<TaskId, Entry<TaskMotor>> tasks = new ConcurrentHashMap<>();
    private final Map<String, Entry<ConnectorMotor>> connectors = new ConcurrentHashMap<>();
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final Signal signal = new Signal();
    private final Thread thread = new Thread(this::run, "connect-reconciler");
    private volatile boolean changed = true;
    private volatile boolean stopping;

    /** A thread that runs, is told to stop, or has failed. Changed by the reconciler's thread only. */
    private static final class Entry<M> {
        private final M motor;
        private volatile long deadlineMs = Long.MAX_VALUE;
        private volatile boolean ended;

        private Entry(M motor) {
            this.motor = motor;
        }

        private boolean isStopping() {
            return deadlineMs != Long.MAX_VALUE;
        }

        /** What a worker's failed tasks and connectors failed of is still to be seen when the worker has stopped. */
        private boolean keepsFailure(boolean workerStops, RunState state) {
            return workerStops && state == RunState.FAILED;
        }
    }

    Reconciler(
            Supplier<PlanImage> plan,
            TaskMotor.Parts taskParts,
            ConnectorMotor.Host connectorHost,
            StatusNotes statuses,
            InstantSource clock,
            long stopTimeoutMs) {
        this.plan = plan;
        this.taskParts = taskParts;
        this.connectorHost = connectorHost;
        this.statuses = statuses;
        this.clock = clock;
        this.stopTimeoutMs = stopTimeoutMs;
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The plan has changed. Callable from any thread. */
    void wake() {
        changed = true;
        signal.raise();
    }

    /** Stops the task if it runs, and starts it again. Callable from any thread. */
    void restart(TaskId id) {
        post(() -> {
            Entry<TaskMotor> entry = tasks.get(id);
            if (entry != null) {
                stopTask(id, entry);
            }
        });
    }

    /** Likewise. */
    void restart(String connector) {
        post(() -> {
            Entry<ConnectorMotor> entry = connectors.get(connector);
            if (entry != null) {
                stopConnector(connector, entry);
            }
        });
    }

    private void post(Runnable work) {
        inbox.add(work);
        wake();
    }

    Collection<TaskMotor> taskMotors() {
        return tasks.values().stream().map(entry -> entry.motor).toList();
    }

    Collection<ConnectorMotor> connectorMotors() {
        return connectors.values().stream().map(entry -> entry.motor).toList();
    }

    @Nullable
    TaskMotor taskMotor(TaskId id) {
        Entry<TaskMotor> entry = tasks.get(id);
        return entry == null ? null : entry.motor;
    }

    @Nullable
    ConnectorMotor connectorMotor(String name) {
        Entry<ConnectorMotor> entry = connectors.get(name);
        return entry == null ? null : entry.motor;
    }

    @Override
    public void stateChanged(TaskMotor motor) {
        if (!motor.isAbandoned()) {
            statuses.note(motor);
        }
    }

    @Override
    public void stateChanged(ConnectorMotor motor) {
        if (!motor.isAbandoned()) {
            statuses.note(motor);
        }
    }

    @Override
    public void ended(TaskMotor motor) {
        post(() -> {
            Entry<TaskMotor> entry = tasks.get(motor.id());
            if (entry != null && entry.motor == motor) {
                entry.ended = true;
                if (entry.isStopping()) {
                    removeTask(motor.id(), entry);
                }
            }
        });
    }

    @Override
    public void ended(ConnectorMotor motor) {
        post(() -> {
            Entry<ConnectorMotor> entry = connectors.get(motor.name());
            if (entry != null && entry.motor == motor) {
                entry.ended = true;
                if (entry.isStopping()) {
                    removeConnector(motor.name(), entry);
                }
            }
        });
    }

    private void run() {
        while (!stopping || !tasks.isEmpty() || !connectors.isEmpty()) {
            try {
                changed = false;
                Runnable work;
                while ((work = inbox.poll()) != null) {
                    work.run();
                }
                abandonLate();
                Desired desired = desired();
                Reconciliation.between(desired, runningConnectors(), runningTasks())
                        .forEach(this::act);
                if (!stopping) {
                    statuses.forgetOthers(desired, tasks.keySet());
                }
                signal.await(untilNextDeadlineMs(), () -> changed);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("What runs could not be brought into line, will try again", e);
            }
        }
    }

    private Desired desired() {
        return Desired.of(stopping ? PlanImage.EMPTY : plan.get(), Desired.Placement.ALL_HERE);
    }

    private Map<String, RunningConnector> runningConnectors() {
        Map<String, RunningConnector> running = new HashMap<>();
        connectors.forEach((name, entry) -> running.put(
                name,
                new RunningConnector(entry.motor.plan().configRevision(), entry.motor.target(), entry.isStopping())));
        return running;
    }

    private Map<TaskId, RunningTask> runningTasks() {
        Map<TaskId, RunningTask> running = new HashMap<>();
        tasks.forEach((id, entry) -> running.put(
                id,
                new RunningTask(
                        entry.motor.task().plan().tasksRevision(), entry.motor.pauseWanted(), entry.isStopping())));
        return running;
    }

    private void act(Action action) {
        LOG.debug("{}", action.getClass().getSimpleName());
        if (action instanceof Reconciliation.StopTask stop) {
            Entry<TaskMotor> entry = tasks.get(stop.task());
            if (entry != null) {
                stopTask(stop.task(), entry);
            }
        } else if (action instanceof Reconciliation.StopConnector stop) {
            Entry<ConnectorMotor> entry = connectors.get(stop.connector());
            if (entry != null) {
                stopConnector(stop.connector(), entry);
            }
        } else if (action instanceof Reconciliation.StartConnector start) {
            startConnector(start.plan());
        } else if (action instanceof Reconciliation.MoveConnector move) {
            Entry<ConnectorMotor> entry = connectors.get(move.connector());
            if (entry != null) {
                entry.motor.moveTo(move.target());
            }
        } else if (action instanceof Reconciliation.StartTask start) {
            startTask(start.task());
        } else if (action instanceof Reconciliation.PauseTask pause) {
            Entry<TaskMotor> entry = tasks.get(pause.task());
            if (entry != null) {
                entry.motor.pause(pause.paused());
            }
        }
    }

    private void startTask(Desired.Task task) {
        TaskMotor motor = new TaskMotor(task, taskParts, clock, this);
        tasks.put(task.id(), new Entry<>(motor));
        motor.start();
    }

    private void startConnector(ConnectorPlan connector) {
        ConnectorMotor motor = new ConnectorMotor(connector, connectorHost, this);
        connectors.put(connector.name(), new Entry<>(motor));
        motor.start();
    }

    private void stopTask(TaskId id, Entry<TaskMotor> entry) {
        if (entry.ended) {
            removeTask(id, entry);
        } else if (!entry.isStopping()) {
            entry.deadlineMs = clock.millis() + stopTimeoutMs;
            entry.motor.stop();
        }
    }

    private void stopConnector(String name, Entry<ConnectorMotor> entry) {
        if (entry.ended) {
            removeConnector(name, entry);
        } else if (!entry.isStopping()) {
            entry.deadlineMs = clock.millis() + stopTimeoutMs;
            entry.motor.stop();
        }
    }

    private void removeTask(TaskId id, Entry<TaskMotor> entry) {
        tasks.remove(id);
        changed = true;
        ConnectorPlan connector = plan.get().connector(id.connector());
        boolean comesBack = connector != null
                && connector.target() != TargetState.STOPPED
                && id.task() < connector.taskConfigs().size();
        if (comesBack && !entry.keepsFailure(stopping, entry.motor.state())) {
            statuses.unassign(entry.motor);
        }
    }

    private void removeConnector(String name, Entry<ConnectorMotor> entry) {
        connectors.remove(name);
        changed = true;
        if (plan.get().connector(name) != null && !entry.keepsFailure(stopping, entry.motor.state())) {
            statuses.unassign(entry.motor);
        }
    }

    private void abandonLate() {
        long nowMs = clock.millis();
        tasks.forEach((id, entry) -> {
            if (nowMs >= entry.deadlineMs) {
                LOG.error("Task did not stop within {} ms and is abandoned: task={}", stopTimeoutMs, id);
                entry.motor.abandon();
                removeTask(id, entry);
            }
        });
        connectors.forEach((name, entry) -> {
            if (nowMs >= entry.deadlineMs) {
                LOG.error("Connector did not stop within {} ms and is abandoned: connector={}", stopTimeoutMs, name);
                entry.motor.abandon();
                removeConnector(name, entry);
            }
        });
    }

    private long untilNextDeadlineMs() {
        long next = Long.MAX_VALUE;
        for (Entry<TaskMotor> entry : tasks.values()) {
            next = Math.min(next, entry.deadlineMs);
        }
        for (Entry<ConnectorMotor> entry : connectors.values()) {
            next = Math.min(next, entry.deadlineMs);
        }
        return Math.max(1, Math.min(CHECK_INTERVAL_MS, next - clock.millis()));
    }

    /** Stops everything; returns when it has stopped or is abandoned. */
    void close() {
        stopping = true;
        wake();
        try {
            thread.join(stopTimeoutMs + 1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
