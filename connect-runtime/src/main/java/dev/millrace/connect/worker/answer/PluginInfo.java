package dev.millrace.connect.worker.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A plugin that connectors can use.
 *
 * @param type {@code source}, {@code sink}, {@code converter}, {@code header_converter}, {@code transformation} or {@code predicate}
 * @param version null where the plugin does not tell
 */
public record PluginInfo(
        @JsonProperty("class") String className,
        String type,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String version) {}
