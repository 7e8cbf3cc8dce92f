package dev.millrace.broker.metadata;

import dev.millrace.broker.config.KnownConfigs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidConfigurationException;

/**
 * What eligible leader replicas (KIP-966) ask of min.insync.replicas. It tells who may lead, so all brokers must mean the
 * same by it: it is set for the cluster, and for no broker by itself. Stateless; any thread.
 */
final class EligibleLeaderReplicas {

    static final String FEATURE = "eligible.leader.replicas.version";
    static final String MIN_IN_SYNC = TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;

    private static final ConfigResource ALL_BROKERS = new ConfigResource(ConfigResource.Type.BROKER, "");

    private EligibleLeaderReplicas() {}

    /** What is to be set, and what to be taken back, when the feature begins to count. */
    static List<MetadataEvent> whenEnabled(ClusterImage image, ControllerSettings settings) {
        List<MetadataEvent> events = new ArrayList<>();
        if (!image.configs(ALL_BROKERS).containsKey(MIN_IN_SYNC)) {
            String holds = settings.brokerConfigs()
                    .getOrDefault(
                            MIN_IN_SYNC,
                            Objects.requireNonNull(KnownConfigs.broker().get(MIN_IN_SYNC))
                                    .defaultValue());
            events.add(new MetadataEvent.ConfigChanged(ALL_BROKERS, MIN_IN_SYNC, holds));
        }
        for (String name : image.configured(ConfigResource.Type.BROKER)) {
            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, name);
            if (!name.isEmpty() && image.configs(broker).containsKey(MIN_IN_SYNC)) {
                events.add(new MetadataEvent.ConfigChanged(broker, MIN_IN_SYNC, null));
            }
        }
        return events;
    }

    /**
     * Checks what is to hold for one broker, or for all of them.
     *
     * @throws InvalidConfigurationException when brokers would mean different numbers
     */
    static void check(
            ClusterImage image, ConfigResource resource, Map<String, String> before, Map<String, String> after) {
        if (image.featureLevel(FEATURE) == 0 || Objects.equals(before.get(MIN_IN_SYNC), after.get(MIN_IN_SYNC))) {
            return;
        }
        if (!resource.name().isEmpty()) {
            throw new InvalidConfigurationException(
                    "Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
        }
        if (!after.containsKey(MIN_IN_SYNC)) {
            throw new InvalidConfigurationException(
                    "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.");
        }
    }
}
