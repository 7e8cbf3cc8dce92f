package dev.millrace.connect.worker.answer;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Which way a connector's records flow; unknown while its class cannot be loaded. */
public enum ConnectorType {
    SOURCE,
    SINK,
    UNKNOWN;

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
