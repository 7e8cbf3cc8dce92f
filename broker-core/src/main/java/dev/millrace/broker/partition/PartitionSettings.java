package dev.millrace.broker.partition;

import dev.millrace.broker.metadata.CordonedLogDirs;
import java.util.Map;

/**
 * The broker settings that partitions go by.
 *
 * @param nodeId node.id
 * @param retentionCheckIntervalMs log.retention.check.interval.ms
 * @param producerIdExpirationMs producer.id.expiration.ms
 * @param cleaner how compacted logs are cleaned
 * @param movesMax num.replica.alter.log.dirs.threads: how many partitions move between log.dirs at a time; 0: as many as
 *     there are log.dirs
 * @param brokerConfigs every setting that the configuration file names, by Kafka's name
 * @param cordonedLogDirs which of log.dirs get no new partitions
 */
public record PartitionSettings(
        int nodeId,
        long retentionCheckIntervalMs,
        long producerIdExpirationMs,
        CleanerSettings cleaner,
        int movesMax,
        Map<String, String> brokerConfigs,
        CordonedLogDirs cordonedLogDirs) {

    /** With Kafka's defaults for the cleaning and for moves, and without cordoned log.dirs. */
    public PartitionSettings(
            int nodeId, long retentionCheckIntervalMs, long producerIdExpirationMs, Map<String, String> brokerConfigs) {
        this(
                nodeId,
                retentionCheckIntervalMs,
                producerIdExpirationMs,
                CleanerSettings.DEFAULT,
                0,
                brokerConfigs,
                CordonedLogDirs.NONE);
    }

    /** Kafka's defaults. */
    public static PartitionSettings defaults(int nodeId) {
        return new PartitionSettings(nodeId, 300_000, 86_400_000, Map.of());
    }
}
