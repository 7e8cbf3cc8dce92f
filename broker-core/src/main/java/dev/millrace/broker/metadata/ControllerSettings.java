package dev.millrace.broker.metadata;

import java.util.Map;

/**
 * The broker settings that the controller goes by.
 *
 * @param defaultPartitions num.partitions
 * @param defaultReplicationFactor default.replication.factor
 * @param deleteTopicEnable delete.topic.enable
 * @param brokerConfigs every setting that the configuration file names, by Kafka's name
 * @param cordonedLogDirs which of log.dirs get no new partitions
 */
public record ControllerSettings(
        int defaultPartitions,
        short defaultReplicationFactor,
        boolean deleteTopicEnable,
        Map<String, String> brokerConfigs,
        CordonedLogDirs cordonedLogDirs) {

    /** Without cordoned log.dirs. */
    public ControllerSettings(
            int defaultPartitions,
            short defaultReplicationFactor,
            boolean deleteTopicEnable,
            Map<String, String> brokerConfigs) {
        this(defaultPartitions, defaultReplicationFactor, deleteTopicEnable, brokerConfigs, CordonedLogDirs.NONE);
    }

    /** Kafka's defaults. */
    public static final ControllerSettings DEFAULT = new ControllerSettings(1, (short) 1, true, Map.of());
}
