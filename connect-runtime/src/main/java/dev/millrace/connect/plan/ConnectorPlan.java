package dev.millrace.connect.plan;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the plan says of one connector. Immutable.
 *
 * @param configRevision rises with every config; unique within the plan, so that a connector that was removed and created
 *     again is not taken for the one before
 * @param taskConfigs the committed ones; a task's number is its index
 * @param tasksRevision rises likewise with every commit of task configs: tasks of an older revision must not run
 * @param tasksMadeFrom the connector config in force when the task configs were committed; null when there are none, or
 *     when compaction has left the topic with an incomplete set, so that the connector must make them again
 * @param fencedTasks how many tasks' producers may be about; null when unknown
 */
public record ConnectorPlan(
        String name,
        Map<String, String> config,
        long configRevision,
        TargetState target,
        List<Map<String, String>> taskConfigs,
        long tasksRevision,
        @Nullable Map<String, String> tasksMadeFrom,
        @Nullable Integer fencedTasks) {

    static ConnectorPlan fresh(String name, Map<String, String> config, long revision, TargetState target) {
        return new ConnectorPlan(name, config, revision, target, List.of(), revision, null, null);
    }

    ConnectorPlan withConfig(Map<String, String> newConfig, long revision) {
        return new ConnectorPlan(
                name, newConfig, revision, target, taskConfigs, tasksRevision, tasksMadeFrom, fencedTasks);
    }

    ConnectorPlan withTarget(TargetState newTarget) {
        return new ConnectorPlan(
                name, config, configRevision, newTarget, taskConfigs, tasksRevision, tasksMadeFrom, fencedTasks);
    }

    ConnectorPlan withTasks(List<Map<String, String>> configs, long revision) {
        return new ConnectorPlan(
                name, config, configRevision, target, List.copyOf(configs), revision, config, fencedTasks);
    }

    ConnectorPlan withIncompleteTasks() {
        return new ConnectorPlan(name, config, configRevision, target, taskConfigs, tasksRevision, null, fencedTasks);
    }

    ConnectorPlan withFencedTasks(int count) {
        return new ConnectorPlan(
                name, config, configRevision, target, taskConfigs, tasksRevision, tasksMadeFrom, count);
    }

    public List<TaskId> tasks() {
        return IntStream.range(0, taskConfigs.size())
                .mapToObj(task -> new TaskId(name, task))
                .toList();
    }
}
