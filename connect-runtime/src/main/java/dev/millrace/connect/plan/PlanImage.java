package dev.millrace.connect.plan;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The whole plan at one moment, by connector name. Immutable: any thread may hold one. */
public record PlanImage(Map<String, ConnectorPlan> connectors) {

    public static final PlanImage EMPTY = new PlanImage(Map.of());

    public @Nullable ConnectorPlan connector(String name) {
        return connectors.get(name);
    }
}
