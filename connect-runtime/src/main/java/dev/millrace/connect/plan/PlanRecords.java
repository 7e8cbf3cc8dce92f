package dev.millrace.connect.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.connect.plan.PlanEvent.ConnectorConfigured;
import dev.millrace.connect.plan.PlanEvent.ConnectorRemoved;
import dev.millrace.connect.plan.PlanEvent.TargetStateRemoved;
import dev.millrace.connect.plan.PlanEvent.TargetStateSet;
import dev.millrace.connect.plan.PlanEvent.TaskConfigured;
import dev.millrace.connect.plan.PlanEvent.TasksCommitted;
import dev.millrace.connect.plan.PlanEvent.TasksFenced;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The plan's events as records of the config topic, in the form in which Kafka Connect's workers write and read them.
 * Stateless.
 */
public final class PlanRecords {

    private static final String CONNECTOR = "connector-";
    private static final String TASK = "task-";
    private static final String COMMIT = "commit-";
    private static final String TARGET_STATE = "target-state-";
    private static final String FENCING = "tasks-fencing-";

    private static final ObjectMapper JSON = new ObjectMapper();

    private PlanRecords() {}

    /** @param value null for a tombstone */
    public record Entry(String key, byte @Nullable [] value) {}

    public static Entry encode(PlanEvent event) {
        if (event instanceof ConnectorConfigured configured) {
            return entry(CONNECTOR + configured.connector(), properties(configured.config()));
        }
        if (event instanceof ConnectorRemoved removed) {
            return new Entry(CONNECTOR + removed.connector(), null);
        }
        if (event instanceof TargetStateSet set) {
            return entry(TARGET_STATE + set.connector(), targetState(set.target()));
        }
        if (event instanceof TargetStateRemoved removed) {
            return new Entry(TARGET_STATE + removed.connector(), null);
        }
        if (event instanceof TaskConfigured configured) {
            return entry(TASK + configured.task(), properties(configured.config()));
        }
        if (event instanceof TasksCommitted committed) {
            return entry(COMMIT + committed.connector(), JSON.createObjectNode().put("tasks", committed.count()));
        }
        TasksFenced fenced = (TasksFenced) event;
        return entry(FENCING + fenced.connector(), JSON.createObjectNode().put("task-count", fenced.count()));
    }

    private static ObjectNode properties(Map<String, String> config) {
        ObjectNode node = JSON.createObjectNode();
        ObjectNode properties = node.putObject("properties");
        config.forEach(properties::put);
        return node;
    }

    /** Two fields: workers from before STOPPED existed read the first and pause (KIP-875). */
    private static ObjectNode targetState(TargetState target) {
        return JSON.createObjectNode()
                .put("state", target == TargetState.RUNNING ? "STARTED" : "PAUSED")
                .put("state.v2", target == TargetState.RUNNING ? "STARTED" : target.name());
    }

    private static Entry entry(String key, ObjectNode value) {
        try {
            return new Entry(key, JSON.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The event of a record; empty for one of a kind, or with a value, that the plan does not understand. */
    public static Optional<PlanEvent> decode(String key, byte @Nullable [] value) {
        JsonNode json;
        try {
            json = value == null ? null : JSON.readTree(value);
        } catch (IOException e) {
            return Optional.empty();
        }
        if (json != null && json.isNull()) {
            json = null;
        }
        if (key.startsWith(TARGET_STATE)) {
            String connector = key.substring(TARGET_STATE.length());
            return json == null
                    ? Optional.of(new TargetStateRemoved(connector))
                    : readTarget(json).map(target -> new TargetStateSet(connector, target));
        }
        if (key.startsWith(CONNECTOR)) {
            String connector = key.substring(CONNECTOR.length());
            return json == null
                    ? Optional.of(new ConnectorRemoved(connector))
                    : readProperties(json).map(config -> new ConnectorConfigured(connector, config));
        }
        if (json == null) {
            return Optional.empty();
        }
        if (key.startsWith(FENCING)) {
            return readCount(json, "task-count").map(count -> new TasksFenced(key.substring(FENCING.length()), count));
        }
        if (key.startsWith(COMMIT)) {
            return readCount(json, "tasks").map(count -> new TasksCommitted(key.substring(COMMIT.length()), count));
        }
        if (key.startsWith(TASK)) {
            Optional<TaskId> task = readTask(key.substring(TASK.length()));
            Optional<Map<String, String>> config = readProperties(json);
            return task.flatMap(id -> config.map(properties -> new TaskConfigured(id, properties)));
        }
        return Optional.empty();
    }

    private static Optional<TaskId> readTask(String text) {
        int dash = text.lastIndexOf('-');
        String number = text.substring(dash + 1);
        return dash < 1 || !number.matches("\\d{1,9}")
                ? Optional.empty()
                : Optional.of(new TaskId(text.substring(0, dash), Integer.parseInt(number)));
    }

    private static Optional<TargetState> readTarget(JsonNode json) {
        String state = json.path("state.v2").isTextual()
                ? json.path("state.v2").textValue()
                : json.path("state").textValue();
        return switch (state == null ? "" : state) {
            case "STARTED" -> Optional.of(TargetState.RUNNING);
            case "PAUSED" -> Optional.of(TargetState.PAUSED);
            case "STOPPED" -> Optional.of(TargetState.STOPPED);
            default -> Optional.empty();
        };
    }

    private static Optional<Map<String, String>> readProperties(JsonNode json) {
        if (!json.path("properties").isObject()) {
            return Optional.empty();
        }
        Map<String, String> config = new LinkedHashMap<>();
        json.path("properties")
                .properties()
                .forEach(property -> config.put(
                        property.getKey(),
                        property.getValue().isNull()
                                ? null
                                : property.getValue().asText()));
        return Optional.of(Collections.unmodifiableMap(config));
    }

    private static Optional<Integer> readCount(JsonNode json, String field) {
        return json.path(field).canConvertToInt() && json.path(field).isNumber()
                ? Optional.of(json.path(field).intValue())
                : Optional.empty();
    }
}
