package dev.millrace.broker.config;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one broker, each under its name and as its type has it: what is set, else the default. Every value that
 * is set was checked. Remembers which settings somebody asked for; until that is over, one thread only.
 */
public final class Settings {

    private static final List<String> OPEN_PREFIXES =
            List.of("listener.name.", "config.providers.", "metrics.context.");

    /** Classes of others, which may have settings of their own under any name. */
    private static final String PLUGINS = "metric.reporters";

    private final Map<String, String> given = new TreeMap<>();
    private final Map<String, String> defaults;
    private final Set<String> asked = new HashSet<>();
    private final Set<String> unknown = new TreeSet<>();

    /**
     * @param given as in server.properties
     * @param defaults other than Kafka's
     * @throws ConfigException when a key is not known, with the nearest one that is, unless it may be a plugin's; or a value can't be: naming the key,
     *     the value, and what is expected
     */
    public Settings(Map<String, String> given, Map<String, String> defaults) {
        this.defaults = defaults;
        given.forEach((name, value) -> {
            if (OPEN_PREFIXES.stream().noneMatch(name::startsWith)) {
                ConfigKey key = KnownConfigs.broker().get(name);
                if (key != null) {
                    key.parse(value);
                } else if (given.containsKey(PLUGINS)) {
                    unknown.add(name);
                } else {
                    throw unknown(name);
                }
            }
            this.given.put(name, value.strip());
        });
    }

    /** What nobody but a plugin can know, in a line each. None without plugins. */
    public List<String> leftToPlugins() {
        return unknown.stream()
                .map(name -> "Setting " + name + " is left to " + PLUGINS
                        + NearestName.of(name, KnownConfigs.broker().keySet())
                                .map(near -> ". Did you mean " + near + "?")
                                .orElse(""))
                .toList();
    }

    private static ConfigException unknown(String name) {
        ConfigKey ofTopic = KnownConfigs.topic().get(name);
        if (ofTopic != null && !ofTopic.synonyms().isEmpty()) {
            return new ConfigException(name + " is a setting of topics; what holds for topics without it is set by "
                    + ofTopic.synonyms().get(0));
        }
        return new ConfigException("Unknown setting " + name
                + NearestName.of(name, KnownConfigs.broker().keySet())
                        .map(near -> ". Did you mean " + near + "?")
                        .orElse(": remove it, or correct its name"));
    }

    /** What was set, by name. */
    public Map<String, String> given() {
        return Collections.unmodifiableMap(given);
    }

    /** What was set, and what is set by default where Kafka has another default or none. */
    public Map<String, String> effective() {
        Map<String, String> effective = new TreeMap<>(defaults);
        effective.putAll(given);
        return Collections.unmodifiableMap(effective);
    }

    public boolean isSet(String name) {
        asked.add(name);
        return given.containsKey(name);
    }

    /** What was set and nobody asked for. */
    public Set<String> unused() {
        Set<String> unused = new TreeSet<>(given.keySet());
        unused.removeAll(asked);
        unused.removeAll(unknown);
        return unused;
    }

    public int intOf(String name) {
        return (Integer) required(name);
    }

    public short shortOf(String name) {
        return (Short) required(name);
    }

    public long longOf(String name) {
        return (Long) required(name);
    }

    public boolean booleanOf(String name) {
        return (Boolean) required(name);
    }

    public String textOf(String name) {
        return (String) required(name);
    }

    /** Empty when it is neither set nor has a default. */
    public List<String> listOf(String name) {
        List<?> items = (List<?>) optional(name);
        return items == null ? List.of() : items.stream().map(Object::toString).toList();
    }

    /** As its type has it; null when it is neither set nor has a default. */
    public @Nullable Object optional(String name) {
        asked.add(name);
        ConfigKey key = Objects.requireNonNull(KnownConfigs.broker().get(name), name);
        String value = given.get(name);
        if (value == null) {
            value = defaults.getOrDefault(name, key.defaultValue());
        }
        return value == null ? null : key.parse(value);
    }

    private Object required(String name) {
        return Objects.requireNonNull(optional(name), name);
    }
}
