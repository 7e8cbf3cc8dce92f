package dev.millrace.broker.config;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * One of Kafka's settings.
 *
 * @param defaultValue as Kafka has it; null when there is none
 * @param update whether and for whom it can be changed while a broker runs (KIP-226); topics' and groups' always can
 * @param internal not shown by DescribeConfigs unless it is set
 * @param synonyms for a topic's setting: the broker's settings that are its default, the first that is set counts
 */
public record ConfigKey(
        String name,
        ConfigDef.Type type,
        @Nullable String defaultValue,
        Update update,
        boolean internal,
        ValueSet values,
        List<String> synonyms) {

    /** For a setting that nothing is known of but its type. */
    public static final ValueSet ANY = new ValueSet.Any();

    /** How a broker's setting can be changed while it runs. */
    public enum Update {
        READ_ONLY,
        PER_BROKER,
        CLUSTER_WIDE
    }

    /** Whether its value must not be shown. */
    public boolean sensitive() {
        return type == ConfigDef.Type.PASSWORD;
    }

    /**
     * The value as its type has it: Integer, Long, Boolean, {@code List<String>}… A class is left as its name.
     *
     * @throws ConfigException naming the key, the value, and what is expected
     */
    public Object parse(String value) {
        Object parsed;
        try {
            ConfigDef.Type parsedAs = type == ConfigDef.Type.CLASS ? ConfigDef.Type.STRING : type;
            parsed = ConfigDef.parseType(name, value, parsedAs);
        } catch (ConfigException e) {
            throw refused(value);
        }
        if (!values.contain(parsed)) {
            throw refused(value);
        }
        return parsed;
    }

    /**
     * The value as a broker describes it: without blanks around it, a list without what is empty or stands there twice (KIP-1161).
     *
     * @throws ConfigException as {@link #parse} does
     */
    public String canonical(String value) {
        Object parsed = parse(value);
        return parsed instanceof List<?> items
                ? items.stream()
                        .map(Object::toString)
                        .filter(item -> !item.isEmpty())
                        .distinct()
                        .collect(Collectors.joining(","))
                : parsed.toString();
    }

    private ConfigException refused(String value) {
        return new ConfigException(
                name + "=" + (sensitive() ? "[hidden]" : value) + ": expected " + values.describe(type));
    }
}
