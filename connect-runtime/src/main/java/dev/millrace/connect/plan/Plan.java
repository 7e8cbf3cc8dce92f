package dev.millrace.connect.plan;

import dev.millrace.connect.machine.Decider;
import dev.millrace.connect.machine.Decision;
import dev.millrace.connect.machine.Decision.Reason;
import dev.millrace.connect.plan.PlanEvent.ConnectorConfigured;
import dev.millrace.connect.plan.PlanEvent.ConnectorRemoved;
import dev.millrace.connect.plan.PlanEvent.TargetStateRemoved;
import dev.millrace.connect.plan.PlanEvent.TargetStateSet;
import dev.millrace.connect.plan.PlanEvent.TaskConfigured;
import dev.millrace.connect.plan.PlanEvent.TasksCommitted;
import dev.millrace.connect.plan.PlanEvent.TasksFenced;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The config topic as a state machine. It follows the rules of Kafka Connect for the same records, compaction included: task
 * configs count once a commit record completes them; what belongs to a connector that is no more is ignored.
 */
public final class Plan implements Decider<PlanCommand, PlanEvent> {

    private final SortedMap<String, ConnectorPlan> connectors = new TreeMap<>();
    private final Map<String, TargetState> targets = new HashMap<>();
    private final Map<String, SortedMap<Integer, Map<String, String>>> uncommitted = new HashMap<>();
    private long revision;
    private @Nullable PlanImage image;

    /** The present state. Costs a copy after a change, nothing otherwise. */
    public PlanImage image() {
        PlanImage current = image;
        if (current == null) {
            current = new PlanImage(Collections.unmodifiableMap(new LinkedHashMap<>(connectors)));
            image = current;
        }
        return current;
    }

    @Override
    public Decision<PlanEvent> decide(PlanCommand command) {
        ConnectorPlan present = connectors.get(command.connector());
        if (command instanceof PlanCommand.CreateConnector create) {
            return present != null
                    ? Decision.refused(Reason.CONFLICT, "Connector " + create.connector() + " already exists")
                    : create(create);
        }
        if (command instanceof PlanCommand.PutConnector put) {
            return Decision.of(new ConnectorConfigured(put.connector(), put.config()));
        }
        if (present == null) {
            return Decision.refused(Reason.NOT_FOUND, "Connector " + command.connector() + " not found");
        }
        if (command instanceof PlanCommand.RemoveConnector) {
            return Decision.of(List.of(new ConnectorRemoved(present.name()), new TargetStateRemoved(present.name())));
        }
        if (command instanceof PlanCommand.SetTargetState set) {
            return setTarget(present, set.target());
        }
        if (command instanceof PlanCommand.SetTaskConfigs set) {
            return setTaskConfigs(present, set);
        }
        PlanCommand.NoteFencing note = (PlanCommand.NoteFencing) command;
        return Decision.of(new TasksFenced(present.name(), note.count()));
    }

    private static Decision<PlanEvent> create(PlanCommand.CreateConnector create) {
        ConnectorConfigured configured = new ConnectorConfigured(create.connector(), create.config());
        TargetState initial = create.initial();
        // The state goes first, so that no reader ever sees the connector without it.
        return initial == null
                ? Decision.of(configured)
                : Decision.of(List.of(new TargetStateSet(create.connector(), initial), configured));
    }

    private static Decision<PlanEvent> setTarget(ConnectorPlan present, TargetState target) {
        if (present.target() == target) {
            return Decision.nothing();
        }
        List<PlanEvent> events = new ArrayList<>();
        events.add(new TargetStateSet(present.name(), target));
        if (target == TargetState.STOPPED && !present.taskConfigs().isEmpty()) {
            events.add(new TasksCommitted(present.name(), 0));
        }
        return Decision.of(events);
    }

    private static Decision<PlanEvent> setTaskConfigs(ConnectorPlan present, PlanCommand.SetTaskConfigs set) {
        boolean outdated = set.configRevision() != present.configRevision();
        boolean asBefore =
                present.taskConfigs().equals(set.configs()) && present.config().equals(present.tasksMadeFrom());
        if (outdated || asBefore || present.target() == TargetState.STOPPED) {
            return Decision.nothing();
        }
        List<PlanEvent> events = new ArrayList<>();
        for (int task = 0; task < set.configs().size(); task++) {
            events.add(new TaskConfigured(
                    new TaskId(present.name(), task), set.configs().get(task)));
        }
        events.add(new TasksCommitted(present.name(), set.configs().size()));
        return Decision.of(events);
    }

    @Override
    public void apply(PlanEvent event) {
        image = null;
        revision++;
        String name = event.connector();
        ConnectorPlan present = connectors.get(name);
        if (event instanceof ConnectorConfigured configured) {
            connectors.put(
                    name,
                    present != null
                            ? present.withConfig(configured.config(), revision)
                            : ConnectorPlan.fresh(
                                    name,
                                    configured.config(),
                                    revision,
                                    targets.getOrDefault(name, TargetState.RUNNING)));
        } else if (event instanceof ConnectorRemoved) {
            connectors.remove(name);
            uncommitted.remove(name);
        } else if (event instanceof TargetStateSet set) {
            targets.put(name, set.target());
            connectors.computeIfPresent(name, (n, plan) -> plan.withTarget(set.target()));
        } else if (event instanceof TargetStateRemoved) {
            targets.remove(name);
            connectors.computeIfPresent(name, (n, plan) -> plan.withTarget(TargetState.RUNNING));
        } else if (event instanceof TaskConfigured configured) {
            uncommitted
                    .computeIfAbsent(name, n -> new TreeMap<>())
                    .put(configured.task().task(), configured.config());
        } else if (event instanceof TasksCommitted committed) {
            commitTasks(name, committed.count(), present);
        } else if (event instanceof TasksFenced fenced && present != null) {
            connectors.put(name, present.withFencedTasks(fenced.count()));
        }
    }

    private void commitTasks(String name, int count, @Nullable ConnectorPlan present) {
        SortedMap<Integer, Map<String, String>> configs = uncommitted.remove(name);
        if (present == null) {
            return; // The connector was removed, and compaction has removed the traces of that.
        }
        List<Map<String, String>> complete = new ArrayList<>();
        for (int task = 0; task < count; task++) {
            Map<String, String> config = configs == null ? null : configs.get(task);
            if (config == null && task < present.taskConfigs().size()) {
                config = present.taskConfigs().get(task);
            }
            if (config == null) {
                // Compaction has removed one that a later set, which was never completed, had replaced.
                connectors.put(name, present.withIncompleteTasks());
                return;
            }
            complete.add(config);
        }
        connectors.put(name, present.withTasks(complete, revision));
    }
}
