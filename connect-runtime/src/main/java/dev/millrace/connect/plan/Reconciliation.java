package dev.millrace.connect.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is to be done so that what runs becomes what ought to run. Nothing waits: what cannot be done yet, because something
 * old has not ended, comes out of a later call, when it has.
 */
public final class Reconciliation {

    private Reconciliation() {}

    /** @param ending told to stop, but its thread has not ended */
    public record RunningConnector(long configRevision, TargetState target, boolean ending) {}

    /** As {@link RunningConnector}. A task that failed is here, too, until it is restarted or removed. */
    public record RunningTask(long tasksRevision, boolean paused, boolean ending) {}

    /** One thing to do. */
    public sealed interface Action {}

    public record StopConnector(String connector) implements Action {}

    public record StartConnector(ConnectorPlan plan) implements Action {}

    public record MoveConnector(String connector, TargetState target) implements Action {}

    public record StopTask(TaskId task) implements Action {}

    public record StartTask(Desired.Task task) implements Action {}

    public record PauseTask(TaskId task, boolean paused) implements Action {}

    /** Stops come before starts. */
    public static List<Action> between(
            Desired desired, Map<String, RunningConnector> connectors, Map<TaskId, RunningTask> tasks) {
        List<Action> actions = new ArrayList<>();
        tasks.forEach((id, running) -> {
            Desired.Task wanted = desired.tasks().get(id);
            if (!running.ending() && (wanted == null || wanted.plan().tasksRevision() != running.tasksRevision())) {
                actions.add(new StopTask(id));
            }
        });
        connectors.forEach((name, running) -> {
            ConnectorPlan wanted = desired.connectors().get(name);
            if (!running.ending() && (wanted == null || wanted.configRevision() != running.configRevision())) {
                actions.add(new StopConnector(name));
            }
        });
        desired.connectors().forEach((name, plan) -> {
            RunningConnector running = connectors.get(name);
            if (running == null) {
                actions.add(new StartConnector(plan));
            } else if (!running.ending()
                    && running.configRevision() == plan.configRevision()
                    && running.target() != plan.target()) {
                actions.add(new MoveConnector(name, plan.target()));
            }
        });
        desired.tasks().forEach((id, wanted) -> {
            RunningTask running = tasks.get(id);
            if (running == null) {
                if (noOlderTaskRuns(wanted, tasks)) {
                    actions.add(new StartTask(wanted));
                }
            } else if (!running.ending()
                    && running.tasksRevision() == wanted.plan().tasksRevision()
                    && running.paused() != wanted.paused()) {
                actions.add(new PauseTask(id, wanted.paused()));
            }
        });
        return actions;
    }

    /** Work may have moved between tasks: one of an older set could still write what a new one writes again. */
    private static boolean noOlderTaskRuns(Desired.Task wanted, Map<TaskId, RunningTask> tasks) {
        return tasks.entrySet().stream()
                .noneMatch(running -> Objects.equals(
                                running.getKey().connector(), wanted.id().connector())
                        && running.getValue().tasksRevision() != wanted.plan().tasksRevision());
    }
}
