package dev.millrace.streams.plan;

import dev.millrace.streams.kstream.Materialized;
import dev.millrace.streams.kstream.TimeWindows;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/**
 * A store as data.
 *
 * @param keySerde null for the application's default, likewise the value's
 * @param windows null for one value per key over all time
 */
public record StoreSpec(
        String name,
        @Nullable Serde<?> keySerde,
        @Nullable Serde<?> valueSerde,
        @Nullable TimeWindows windows,
        boolean logged,
        Map<String, String> topicConfig,
        boolean cached) {

    static StoreSpec of(String name, Materialized<?, ?> materialized, @Nullable TimeWindows windows) {
        return new StoreSpec(
                name,
                materialized.keySerde(),
                materialized.valueSerde(),
                windows,
                materialized.logged(),
                materialized.topicConfig(),
                materialized.cached());
    }
}
