package dev.millrace.connect.rest;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.connect.plan.TargetState;
import dev.millrace.connect.worker.RequestRefused;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /connectors}. */
public record CreateRequest(
        @Nullable String name,
        @Nullable Map<String, String> config,
        @JsonProperty("initial_state") @Nullable String initialState) {

    @Nullable
    TargetState target() {
        if (initialState == null) {
            return null;
        }
        try {
            return TargetState.valueOf(initialState.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw RequestRefused.badRequest(
                    "initial_state must be one of " + Arrays.toString(TargetState.values()) + ", not " + initialState);
        }
    }
}
