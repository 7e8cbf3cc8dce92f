package dev.millrace.connect.plan;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What ought to run on this worker. Immutable. */
public record Desired(SortedMap<String, ConnectorPlan> connectors, SortedMap<TaskId, Task> tasks) {

    /** @param plan of the connector, as it is now */
    public record Task(TaskId id, Map<String, String> config, ConnectorPlan plan) {

        public boolean paused() {
            return plan.target() == TargetState.PAUSED;
        }
    }

    /** Which share of the plan is this worker's. With several workers, membership decides; a single one has it all. */
    public interface Placement {
        boolean isHere(String connector);

        boolean isHere(TaskId task);

        Placement ALL_HERE = new Placement() {
            @Override
            public boolean isHere(String connector) {
                return true;
            }

            @Override
            public boolean isHere(TaskId task) {
                return true;
            }
        };
    }

    public static Desired of(PlanImage image, Placement placement) {
        SortedMap<String, ConnectorPlan> connectors = new TreeMap<>();
        SortedMap<TaskId, Task> tasks = new TreeMap<>();
        for (ConnectorPlan plan : image.connectors().values()) {
            if (placement.isHere(plan.name())) {
                connectors.put(plan.name(), plan);
            }
            if (plan.target() == TargetState.STOPPED || plan.tasksMadeFrom() == null) {
                continue; // An incomplete set of task configs must not run: the connector makes them anew.
            }
            for (TaskId task : plan.tasks()) {
                if (placement.isHere(task)) {
                    tasks.put(task, new Task(task, plan.taskConfigs().get(task.task()), plan));
                }
            }
        }
        return new Desired(connectors, tasks);
    }
}
