package dev.millrace.connect.worker.answer;

import dev.millrace.connect.plan.TaskId;
import java.util.Map;

/** A task and the config that its connector made for it. */
public record TaskInfo(TaskId id, Map<String, String> config) {}
