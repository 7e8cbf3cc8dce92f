package dev.millrace.broker.metadata;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A setting that holds, and why.
 *
 * @param value null when it has none
 * @param synonyms everything that had a say, the one that won first (DescribeConfigs, key 32)
 */
public record ConfigValue(String name, @Nullable String value, Source source, List<Synonym> synonyms) {

    /** Where a value comes from; the first of these that has one wins. */
    public enum Source {
        DYNAMIC_TOPIC_CONFIG,
        DYNAMIC_GROUP_CONFIG,
        DYNAMIC_CLIENT_METRICS_CONFIG,
        DYNAMIC_BROKER_LOGGER_CONFIG,
        DYNAMIC_BROKER_CONFIG,
        DYNAMIC_DEFAULT_BROKER_CONFIG,
        STATIC_BROKER_CONFIG,
        DEFAULT_CONFIG
    }

    /** A value by the name under which it was given. */
    public record Synonym(String name, String value, Source source) {}
}
