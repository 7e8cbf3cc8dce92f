package dev.millrace.broker.metadata;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;

/**
 * Which of log.dirs get no new partitions (KIP-1066): those that cordoned.log.dirs names. What lies there stays. Immutable; any
 * thread.
 */
public final class CordonedLogDirs {

    public static final String SETTING = "cordoned.log.dirs";

    /** Where log.dirs are not known: none can be cordoned. */
    public static final CordonedLogDirs NONE = new CordonedLogDirs(Map.of(), "");

    private static final String ALL = "*";

    /** 4.3-IV0: at a lower level Apache Kafka leaves the setting without effect, and refuses to change it. */
    private static final short METADATA_VERSION_MIN = 30;

    private final Map<String, String> paths;
    private final Set<String> all;
    private final String fixed;

    /**
     * @param paths of log.dirs, by every name that they go by
     * @param fixed what the configuration file sets
     * @throws ConfigException when it can't be
     */
    public CordonedLogDirs(Map<String, String> paths, String fixed) {
        this.paths = Map.copyOf(paths);
        this.all = paths.values().stream().collect(Collectors.toUnmodifiableSet());
        this.fixed = fixed;
        check(fixed);
    }

    private static List<String> names(String value) {
        return ((List<?>) ConfigDef.parseType(SETTING, value, ConfigDef.Type.LIST))
                .stream().map(Object::toString).distinct().toList();
    }

    private void check(String value) {
        List<String> names = names(value);
        if (names.size() > 1 && names.contains(ALL)) {
            throw new ConfigException(SETTING + "=" + value + ": expected * alone, or some of log.dirs");
        }
        for (String name : names) {
            if (!name.equals(ALL) && !paths.containsKey(name)) {
                throw new ConfigException(
                        SETTING + "=" + value + ": expected * or some of log.dirs, of which '" + name + "' is none");
            }
        }
    }

    /**
     * Checks what is to hold for one broker.
     *
     * @throws InvalidRequestException when there are no such directories
     * @throws InvalidConfigurationException when the cluster's metadata.version is too low
     */
    void check(ClusterImage image, Map<String, String> before, Map<String, String> after) {
        String value = after.get(SETTING);
        if (Objects.equals(before.get(SETTING), value)) {
            return;
        }
        try {
            if (value != null) {
                check(value);
            }
        } catch (ConfigException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
        if (!haveEffect(image)) {
            throw new InvalidConfigurationException(SETTING + " can't be changed below metadata.version 4.3-IV0.");
        }
    }

    private static boolean haveEffect(ClusterImage image) {
        return image.featureLevel(ClusterFeatures.METADATA_VERSION) >= METADATA_VERSION_MIN;
    }

    /** The paths of those of a broker. One that was taken out of log.dirs since it was cordoned counts for nothing. */
    public Set<String> of(ClusterImage image, int broker) {
        if (!haveEffect(image)) {
            return Set.of();
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(broker));
        List<String> names = names(image.configs(resource).getOrDefault(SETTING, fixed));
        return paths.entrySet().stream()
                .filter(path -> names.contains(ALL) || names.contains(path.getKey()))
                .map(Map.Entry::getValue)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The brokers on which new partitions may be placed: those that have a directory for them. */
    Collection<BrokerImage> leaveOpen(ClusterImage image) {
        return image.brokers().stream()
                .filter(broker -> all.isEmpty() || !of(image, broker.id()).equals(all))
                .toList();
    }
}
