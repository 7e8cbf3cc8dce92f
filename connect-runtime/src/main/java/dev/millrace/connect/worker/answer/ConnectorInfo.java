package dev.millrace.connect.worker.answer;

import dev.millrace.connect.plan.TaskId;
import java.util.List;
import java.util.Map;

/**
 * A connector as it is configured.
 *
 * @param config as the user gave it: references to config providers are not resolved
 */
public record ConnectorInfo(String name, Map<String, String> config, List<TaskId> tasks, ConnectorType type) {}
