package dev.millrace.broker.metadata;

import dev.millrace.broker.metadata.ConfigValue.Source;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;

/**
 * The settings of one broker by where they come from. Immutable; any thread.
 *
 * @param dynamic set on this broker while it runs
 * @param dynamicDefault set on all brokers while they run
 * @param fixed what its configuration file names
 */
public record BrokerConfigLayers(
        Map<String, String> dynamic, Map<String, String> dynamicDefault, Map<String, String> fixed) {

    /** How fast partitions move between log.dirs (KIP-113), which is set on brokers that run, and not in their files. */
    public static final String MOVE_BYTES_PER_SECOND = "replica.alter.log.dirs.io.max.bytes.per.second";

    /** The layers of broker {@code nodeId} as they stand in the image. */
    public static BrokerConfigLayers of(ClusterImage image, int nodeId, Map<String, String> fixed) {
        return new BrokerConfigLayers(
                image.configs(new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(nodeId))),
                image.configs(new ConfigResource(ConfigResource.Type.BROKER, "")),
                fixed);
    }

    /** Settings of one origin. */
    public record Layer(Source source, Map<String, String> configs) {}

    /** The layer that wins first. */
    public List<Layer> inOrder() {
        return List.of(
                new Layer(Source.DYNAMIC_BROKER_CONFIG, dynamic),
                new Layer(Source.DYNAMIC_DEFAULT_BROKER_CONFIG, dynamicDefault),
                new Layer(Source.STATIC_BROKER_CONFIG, fixed));
    }
}
