package dev.millrace.broker.metadata;

import com.google.re2j.PatternSyntaxException;
import dev.millrace.broker.config.ConfigKey;
import dev.millrace.broker.config.KnownConfigs;
import dev.millrace.broker.metadata.ConfigValue.Source;
import dev.millrace.broker.metadata.ConfigValue.Synonym;
import dev.millrace.broker.security.ClientRegex;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;

/** The settings of a subscription to clients' metrics (KIP-714). Stateless; any thread. */
public final class ClientMetricsConfigs {

    public static final String INTERVAL_MS = "interval.ms";
    public static final String METRICS = "metrics";
    public static final String MATCH = "match";

    /** By what a subscription can choose its clients. */
    private static final List<String> MATCHABLE = List.of(
            "client_instance_id",
            "client_id",
            "client_software_name",
            "client_software_version",
            "client_source_address",
            "client_source_port");

    private ClientMetricsConfigs() {}

    /**
     * Checks what is set on a subscription.
     *
     * @throws InvalidRequestException for a name that can't be, or a value out of bounds
     * @throws InvalidConfigurationException for a value of another type, or a match that is none
     */
    static void check(Map<String, String> configs) {
        configs.forEach((name, value) -> {
            ConfigKey key = KnownConfigs.clientMetrics().get(name);
            if (key == null) {
                throw new InvalidRequestException("Unknown client metrics configuration: " + name);
            }
            try {
                ConfigDef.parseType(name, value, key.type());
            } catch (ConfigException e) {
                throw new InvalidConfigurationException(e.getMessage(), e);
            }
            try {
                key.parse(value);
            } catch (ConfigException e) {
                throw new InvalidRequestException(e.getMessage(), e);
            }
        });
        patterns(configs);
    }

    /**
     * What the clients of a subscription have in common: a pattern by what it is matched against.
     *
     * @throws InvalidConfigurationException when it is not {@code name=regex}, or not of a name there is
     */
    public static Map<String, ClientRegex> patterns(Map<String, String> configs) {
        Map<String, ClientRegex> patterns = new LinkedHashMap<>();
        for (String item : configs.getOrDefault(MATCH, "").split(",", 0)) {
            if (item.isBlank()) {
                continue;
            }
            int equals = item.indexOf('=');
            String name = equals < 0 ? item.strip() : item.substring(0, equals).strip();
            if (equals < 0 || !MATCHABLE.contains(name)) {
                throw new InvalidConfigurationException(
                        MATCH + "=" + item + ": expected NAME=REGEX with one of " + MATCHABLE);
            }
            try {
                patterns.put(
                        name, ClientRegex.compile(item.substring(equals + 1).strip()));
            } catch (PatternSyntaxException e) {
                throw new InvalidConfigurationException(MATCH + "=" + item + ": " + e.getMessage(), e);
            }
        }
        return patterns;
    }

    /** What holds for a subscription, and why. */
    public static ConfigValue value(String name, Map<String, String> overrides) {
        ConfigKey key = Objects.requireNonNull(KnownConfigs.clientMetrics().get(name), name);
        String set = overrides.get(name);
        return set == null
                ? new ConfigValue(name, key.defaultValue(), Source.DEFAULT_CONFIG, List.of())
                : new ConfigValue(
                        name,
                        set,
                        Source.DYNAMIC_CLIENT_METRICS_CONFIG,
                        List.of(new Synonym(name, set, Source.DYNAMIC_CLIENT_METRICS_CONFIG)));
    }
}
