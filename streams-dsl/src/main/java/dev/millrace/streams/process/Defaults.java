package dev.millrace.streams.process;

import dev.millrace.streams.errors.TopologyException;
import dev.millrace.streams.kstream.TimestampExtractor;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** What operators use that were not told otherwise. */
public record Defaults(
        @Nullable Serde<?> keySerde, @Nullable Serde<?> valueSerde, TimestampExtractor timestampExtractor) {

    public static final Defaults NONE = new Defaults(null, null, TimestampExtractor.RECORD_TIME);

    Serde<?> keySerde(@Nullable Serde<?> own, String operator) {
        return require(own != null ? own : keySerde, operator, "key");
    }

    Serde<?> valueSerde(@Nullable Serde<?> own, String operator) {
        return require(own != null ? own : valueSerde, operator, "value");
    }

    private static Serde<?> require(@Nullable Serde<?> serde, String operator, String part) {
        if (serde == null) {
            throw new TopologyException("Operator '" + operator + "' has no " + part + " serde: give it one "
                    + "(Consumed, Produced, Grouped, Materialized or Repartitioned), or set default." + part
                    + ".serde.");
        }
        return serde;
    }
}
