package dev.millrace.connect.plan;

import java.util.Map;

/** What has been written to the config topic: one kind of event for each kind of record that the plan understands. */
public sealed interface PlanEvent {

    String connector();

    /** The connector has this config from now on. Its values may be null where a record says so. */
    record ConnectorConfigured(String connector, Map<String, String> config) implements PlanEvent {}

    /** The connector is no more, and with it all that belonged to it. */
    record ConnectorRemoved(String connector) implements PlanEvent {}

    /** May come before the connector's first config: that is how an initial state is given (KIP-980). */
    record TargetStateSet(String connector, TargetState target) implements PlanEvent {}

    record TargetStateRemoved(String connector) implements PlanEvent {}

    /** A task will have this config once the set it belongs to is committed. */
    record TaskConfigured(TaskId task, Map<String, String> config) implements PlanEvent {
        @Override
        public String connector() {
            return task.connector();
        }
    }

    /** The connector has so many tasks, with the configs written since the last commit. */
    record TasksCommitted(String connector, int count) implements PlanEvent {}

    /** Producers of so many tasks may exist under exactly-once: the next generation must fence these (KIP-618). */
    record TasksFenced(String connector, int count) implements PlanEvent {}
}
