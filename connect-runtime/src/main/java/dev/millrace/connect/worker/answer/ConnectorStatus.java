package dev.millrace.connect.worker.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a connector and its tasks are doing, as last seen in the status topic. */
public record ConnectorStatus(String name, Connector connector, List<Task> tasks, ConnectorType type) {

    /**
     * @param workerId the worker that wrote this, {@code host:port}
     * @param trace why it failed; null unless it has
     * @param version of the plugin, null when not known (KIP-891)
     */
    public record Connector(
            RunState state,
            @JsonProperty("worker_id") String workerId,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            String trace,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            String version) {}

    /** As {@link Connector}, of one task. */
    public record Task(
            int id,
            RunState state,
            @JsonProperty("worker_id") String workerId,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            String trace,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            String version) {}
}
