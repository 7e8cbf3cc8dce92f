package dev.millrace.broker.metadata;

import dev.millrace.broker.config.ConfigKey;
import dev.millrace.broker.config.KnownConfigs;
import dev.millrace.broker.metadata.ConfigValue.Source;
import dev.millrace.broker.metadata.ConfigValue.Synonym;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.jspecify.annotations.Nullable;

/**
 * What holds for a group: what is set on it, else what its broker has under the same name with {@code group.} in front, else
 * Kafka's default (KIP-848). Stateless; any thread.
 */
public final class GroupConfigs {

    private static final String BROKER_PREFIX = "group.";

    private GroupConfigs() {}

    /**
     * Checks what is set on a group, against the bounds that the broker's settings draw too.
     *
     * @throws InvalidConfigurationException naming the setting, its value and what it may be
     */
    static void check(Map<String, String> configs, BrokerConfigLayers brokers) {
        configs.forEach((name, value) -> {
            ConfigKey key = KnownConfigs.group().get(name);
            if (key == null) {
                throw new InvalidConfigurationException("Unknown group config name: " + name);
            }
            Object parsed = parse(key, value);
            if (parsed instanceof Number number) {
                checkBounds(name, number.longValue(), brokers);
            }
        });
        for (String type : List.of("consumer", "share", "streams")) {
            long sessionMs = number(type + ".session.timeout.ms", configs, brokers);
            long heartbeatMs = number(type + ".heartbeat.interval.ms", configs, brokers);
            if (heartbeatMs >= sessionMs) {
                throw new InvalidConfigurationException(type + ".heartbeat.interval.ms=" + heartbeatMs
                        + ": expected less than " + type + ".session.timeout.ms=" + sessionMs);
            }
        }
    }

    private static void checkBounds(String name, long value, BrokerConfigLayers brokers) {
        int dot = name.indexOf('.');
        String type = BROKER_PREFIX + name.substring(0, dot);
        String rest = name.substring(dot + 1);
        Long min = ofBroker(type + ".min." + rest, brokers);
        Long max = ofBroker(type + ".max." + rest, brokers);
        if ((min != null && value < min) || (max != null && value > max)) {
            throw new InvalidConfigurationException(name + "=" + value + ": expected " + min + " to " + max + ", which "
                    + type + ".min." + rest + " and " + type + ".max." + rest + " allow");
        }
    }

    private static @Nullable Long ofBroker(String name, BrokerConfigLayers brokers) {
        ConfigKey key = KnownConfigs.broker().get(name);
        if (key == null) {
            return null;
        }
        String holds = key.defaultValue();
        for (BrokerConfigLayers.Layer layer : brokers.inOrder()) {
            String set = layer.configs().get(name);
            if (set != null) {
                holds = set;
                break;
            }
        }
        return holds == null ? null : ((Number) key.parse(holds)).longValue();
    }

    private static Object parse(ConfigKey key, String value) {
        try {
            return key.parse(value);
        } catch (ConfigException e) {
            throw new InvalidConfigurationException(e.getMessage(), e);
        }
    }

    /** A whole number that holds for a group. */
    public static long number(String name, Map<String, String> overrides, BrokerConfigLayers brokers) {
        ConfigKey key = Objects.requireNonNull(KnownConfigs.group().get(name), name);
        String holds = Objects.requireNonNull(value(name, overrides, brokers).value(), name);
        return ((Number) parse(key, holds)).longValue();
    }

    /**
     * What holds for a group, and why.
     *
     * @param name one of {@link KnownConfigs#group}
     * @param overrides what is set on the group
     */
    public static ConfigValue value(String name, Map<String, String> overrides, BrokerConfigLayers brokers) {
        ConfigKey key = Objects.requireNonNull(KnownConfigs.group().get(name), name);
        List<Synonym> synonyms = new ArrayList<>();
        String override = overrides.get(name);
        if (override != null) {
            synonyms.add(new Synonym(name, override, Source.DYNAMIC_GROUP_CONFIG));
        }
        ConfigKey ofBroker = KnownConfigs.broker().get(BROKER_PREFIX + name);
        if (ofBroker != null) {
            for (BrokerConfigLayers.Layer layer : brokers.inOrder()) {
                String set = layer.configs().get(ofBroker.name());
                if (set != null) {
                    synonyms.add(new Synonym(ofBroker.name(), set, layer.source()));
                }
            }
        }
        ConfigKey lowest = ofBroker == null ? key : ofBroker;
        if (lowest.defaultValue() != null) {
            synonyms.add(new Synonym(lowest.name(), lowest.defaultValue(), Source.DEFAULT_CONFIG));
        }
        return new ConfigValue(
                name,
                synonyms.isEmpty() ? null : synonyms.get(0).value(),
                synonyms.isEmpty() ? Source.DEFAULT_CONFIG : synonyms.get(0).source(),
                List.copyOf(synonyms));
    }
}
