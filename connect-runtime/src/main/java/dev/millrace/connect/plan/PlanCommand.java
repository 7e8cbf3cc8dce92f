package dev.millrace.connect.plan;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What somebody wants of the plan. Configs have been validated before. */
public sealed interface PlanCommand {

    String connector();

    /** @param initial null for the default, RUNNING */
    record CreateConnector(
            String connector,
            Map<String, String> config,
            @Nullable TargetState initial) implements PlanCommand {}

    /** Creates or replaces. */
    record PutConnector(String connector, Map<String, String> config) implements PlanCommand {}

    record RemoveConnector(String connector) implements PlanCommand {}

    record SetTargetState(String connector, TargetState target) implements PlanCommand {}

    /**
     * What a running connector wants its tasks to be.
     *
     * @param configRevision of the config that the connector was started with: if that is no longer the present one the
     *     wish is void
     */
    record SetTaskConfigs(String connector, long configRevision, List<Map<String, String>> configs)
            implements PlanCommand {}

    /** Notes that tasks of the present generation are about to start under exactly-once. */
    record NoteFencing(String connector, int count) implements PlanCommand {}
}
