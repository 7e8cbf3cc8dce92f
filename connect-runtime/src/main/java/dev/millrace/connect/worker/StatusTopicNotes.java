package dev.millrace.connect.worker;

import dev.millrace.connect.plan.Desired;
import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.worker.answer.RunState;
import dev.millrace.connect.worker.storage.StatusStore;
import dev.millrace.connect.worker.storage.StorageLog;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps states in the status topic, and logs failures, without secrets in their traces. */
final class StatusTopicNotes implements StatusNotes {

    private static final Logger LOG = LoggerFactory.getLogger(StatusTopicNotes.class);

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
        String trace = trace(task.failure());
        if (trace != null) {
            LOG.error("Task failed: task={} {}", task.id(), trace);
        }
        statuses.put(
                log,
                task.id(),
                task.state(),
                trace,
                version.apply(task.task().plan().config()));
    }

    @Override
    public void note(ConnectorMotor connector) {
        String trace = trace(connector.failure());
        if (trace != null) {
            LOG.error("Connector failed: connector={} {}", connector.name(), trace);
        }
        statuses.put(
                log,
                connector.name(),
                connector.state(),
                trace,
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
    public void forgetOthers(Desired desired, Set<TaskId> running) {
        for (String connector : statuses.connectors()) {
            if (!desired.connectors().containsKey(connector)) {
                statuses.remove(log, connector);
            }
        }
        for (TaskId task : statuses.tasks()) {
            if (!desired.tasks().containsKey(task) && !running.contains(task)) {
                statuses.remove(log, task);
            }
        }
    }
}
