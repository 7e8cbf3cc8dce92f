package dev.millrace.connect.worker.answer;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with a connector's config, setting by setting. */
public record ConfigValidation(
        String name, @JsonProperty("error_count") int errorCount, List<String> groups, List<Setting> configs) {

    /** @param definition null for a setting that the plugin does not define */
    public record Setting(@Nullable Definition definition, Value value) {}

    /** How a plugin defines a setting. */
    public record Definition(
            String name,
            String type,
            boolean required,
            @JsonProperty("default_value") @Nullable String defaultValue,
            String importance,
            @Nullable String documentation,
            @Nullable String group,
            String width,
            @JsonProperty("display_name") String displayName,
            List<String> dependents,
            int order) {}

    /** What was given for a setting, and what the plugin thinks of it. */
    public record Value(
            String name,
            @Nullable String value,
            @JsonProperty("recommended_values") List<String> recommendedValues,
            List<String> errors,
            boolean visible) {}
}
