package dev.millrace.broker.metadata;

import dev.millrace.broker.config.ConfigKey;
import dev.millrace.broker.config.KnownConfigs;
import dev.millrace.broker.metadata.ConfigValue.Source;
import dev.millrace.broker.metadata.ConfigValue.Synonym;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidConfigurationException;

/**
 * What holds for a topic: what is set on it, else what its broker's settings say, else Kafka's default. Stateless; any
 * thread.
 */
public final class TopicConfigs {

    private static final long HOURS_IN_MS = 3_600_000L;
    private static final long MINUTES_IN_MS = 60_000L;

    private TopicConfigs() {}

    /**
     * Checks what is set on a topic.
     *
     * @throws InvalidConfigurationException naming the setting, its value and what it may be
     */
    public static void check(Map<String, String> configs) {
        configs.forEach(TopicConfigs::parse);
        long minLagMs = asLong(configs, TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG);
        long maxLagMs = asLong(configs, TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG);
        if (minLagMs > maxLagMs) {
            throw new InvalidConfigurationException("conflict topic config setting "
                    + TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG + " (" + minLagMs + ") > "
                    + TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG + " (" + maxLagMs + ")");
        }
        String remote = configs.get(TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG);
        if (remote != null && (Boolean) parse(TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG, remote)) {
            throw new InvalidConfigurationException("Tiered Storage functionality is disabled in the broker. "
                    + "Topic cannot be configured with remote log storage.");
        }
    }

    private static Object parse(String name, String value) {
        ConfigKey key = KnownConfigs.topic().get(name);
        if (key == null) {
            throw new InvalidConfigurationException("Unknown topic config name: " + name);
        }
        return parse(key, value);
    }

    private static Object parse(ConfigKey key, String value) {
        try {
            return key.parse(value);
        } catch (ConfigException e) {
            throw new InvalidConfigurationException(e.getMessage(), e);
        }
    }

    private static long asLong(Map<String, String> configs, String name) {
        String value = configs.get(name);
        return (Long) parse(
                name, value == null ? Objects.requireNonNull(definition(name).defaultValue()) : value);
    }

    private static ConfigKey definition(String name) {
        return Objects.requireNonNull(KnownConfigs.topic().get(name), name);
    }

    /**
     * What holds for a topic, and why.
     *
     * @param name one of {@link KnownConfigs#topic}
     * @param overrides what is set on the topic
     */
    public static ConfigValue value(String name, Map<String, String> overrides, BrokerConfigLayers brokers) {
        ConfigKey key = definition(name);
        List<Synonym> synonyms = new ArrayList<>();
        String value = null;
        String override = overrides.get(name);
        if (override != null) {
            value = override;
            synonyms.add(new Synonym(name, override, Source.DYNAMIC_TOPIC_CONFIG));
        }
        int ownSynonyms = synonyms.size();
        for (BrokerConfigLayers.Layer layer : brokers.inOrder()) {
            for (String brokerKey : key.synonyms()) {
                String brokerValue = layer.configs().get(brokerKey);
                if (brokerValue != null) {
                    value = value == null ? inTopicUnits(brokerKey, brokerValue) : value;
                    synonyms.add(new Synonym(brokerKey, brokerValue, layer.source()));
                }
            }
        }
        // As Kafka tells it: the default of a setting with no first say is named only beside values that overrule it.
        boolean isSet = synonyms.size() > ownSynonyms;
        for (String brokerKey : key.synonyms()) {
            ConfigKey broker = KnownConfigs.broker().get(brokerKey);
            boolean first = brokerKey.equals(key.synonyms().get(0));
            if (broker != null && broker.defaultValue() != null && (isSet || first)) {
                synonyms.add(new Synonym(brokerKey, broker.defaultValue(), Source.DEFAULT_CONFIG));
            }
        }
        String holds = value == null ? key.defaultValue() : value;
        return new ConfigValue(
                name,
                holds == null ? null : ConfigDef.convertToString(parse(key, holds), key.type()),
                synonyms.isEmpty() ? Source.DEFAULT_CONFIG : synonyms.get(0).source(),
                List.copyOf(synonyms));
    }

    private static String inTopicUnits(String brokerKey, String value) {
        long unit = brokerKey.endsWith(".hours") ? HOURS_IN_MS : brokerKey.endsWith(".minutes") ? MINUTES_IN_MS : 1;
        if (unit == 1) {
            return value;
        }
        long number = Long.parseLong(value.trim());
        // A negative period means "no limit" in any unit.
        return Long.toString(number < 0 ? number : number * unit);
    }

    /** A whole number that holds for a topic. */
    public static long number(String name, Map<String, String> overrides, BrokerConfigLayers brokers) {
        return ((Number) parse(name, holding(name, overrides, brokers))).longValue();
    }

    /** A word, or a list of words with commas between them, that holds for a topic. */
    public static String text(String name, Map<String, String> overrides, BrokerConfigLayers brokers) {
        return holding(name, overrides, brokers);
    }

    private static String holding(String name, Map<String, String> overrides, BrokerConfigLayers brokers) {
        String value = value(name, overrides, brokers).value();
        return Objects.requireNonNull(value, name);
    }
}
