package dev.millrace.connect.worker;

import dev.millrace.connect.plan.Desired;
import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.worker.answer.RunState;
import dev.millrace.connect.worker.storage.StatusStore;
import dev.millrace.connect.worker.storage.StorageLog;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Keeps states in the status topic, without secrets in their traces. */
final class StatusTopicNotes implements StatusNotes {

    private final StorageLog log;
    private final StatusStore statuses;
    private final UnaryOperator<String> hideSecrets;
    private final Function<Map<String, String>, @Nullable String> version;

    /** @param version the plugin's version, by connector config; null when not known */
    StatusTopicNotes(
            StorageLog log,
            StatusStore statuses,
            UnaryOperator<String> hideSecrets,
            Function<Map<String, String>, @Nullable String> version) {
        this.log = log;
        this.statuses = statuses;
        this.hideSecrets = hideSecrets;
        this.version = version;
    }

    @Override
    public void note(TaskMotor task) {
        statuses.put(
                log,
                task.id(),
                task.state(),
                trace(task.failure()),
                version.apply(task.task().plan().config()));
    }

    @Override
    public void note(ConnectorMotor connector) {
        statuses.put(
                log,
                connector.name(),
                connector.state(),
                trace(connector.failure()),
                version.apply(connector.plan().config()));
    }

    private @Nullable String trace(@Nullable Throwable failure) {
        if (failure == null) {
            return null;
        }
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return hideSecrets.apply(text.toString());
    }

    @Override
    public void unassign(TaskMotor task) {
        statuses.put(
                log,
                task.id(),
                RunState.UNASSIGNED,
                null,
                version.apply(task.task().plan().config()));
    }

    @Override
    public void unassign(ConnectorMotor connector) {
        statuses.put(
                log,
                connector.name(),
                RunState.UNASSIGNED,
                null,
                version.apply(connector.plan().config()));
    }

    @Override
    public void forget(TaskId task) {
        statuses.remove(log, task);
    }

    @Override
    public void forget(String connector) {
        statuses.tasks(connector).keySet().forEach(this::forget);
        statuses.remove(log, connector);
    }

    @Override
    public void forgetOthers(Desired desired) {
        for (String connector : statuses.connectors()) {
            if (!desired.connectors().containsKey(connector)) {
                forget(connector);
            }
        }
        for (TaskId task : statuses.tasks()) {
            if (!desired.tasks().containsKey(task)) {
                forget(task);
            }
        }
    }
}
