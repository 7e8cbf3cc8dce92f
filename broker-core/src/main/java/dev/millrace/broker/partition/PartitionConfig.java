package dev.millrace.broker.partition;

import dev.millrace.broker.log.config.CompactionConfig;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.config.TargetCompression;
import dev.millrace.broker.metadata.BrokerConfigLayers;
import dev.millrace.broker.metadata.TopicConfigs;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The settings of a partition.
 *
 * @param minInsyncReplicas min.insync.replicas: how many must hold a record before acks=all is granted
 * @param flushMessages flush.messages: how many records may be appended before they are forced to the disk
 * @param flushMs flush.ms: how long a record may stay unforced
 * @param verifiesTransactions transaction.partition.verification.enable, a setting of the broker
 */
record PartitionConfig(
        LogConfig log, int minInsyncReplicas, long flushMessages, long flushMs, boolean verifiesTransactions) {

    private static final String PRODUCER_ID_EXPIRATION = "producer.id.expiration.ms";
    private static final String VERIFIES_TRANSACTIONS = "transaction.partition.verification.enable";

    /** Whether a record counts only once it is on the disk. */
    boolean forcesEveryRecord() {
        return flushMessages == 1;
    }

    /**
     * @param overrides what is set on the topic
     * @param producerIdExpirationMs producer.id.expiration.ms, a setting of the broker
     */
    static PartitionConfig of(Map<String, String> overrides, BrokerConfigLayers brokers, long producerIdExpirationMs) {
        Values values = new Values(overrides, brokers);
        String cleanupPolicy = values.text(TopicConfig.CLEANUP_POLICY_CONFIG);
        String internalSegmentBytes = overrides.get("internal.segment.bytes");
        LogConfig log = new LogConfig(
                internalSegmentBytes == null
                        ? (int) values.number(TopicConfig.SEGMENT_BYTES_CONFIG)
                        : Integer.parseInt(internalSegmentBytes),
                values.number(TopicConfig.SEGMENT_MS_CONFIG),
                (int) values.number(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG),
                (int) values.number(TopicConfig.SEGMENT_INDEX_BYTES_CONFIG),
                (int) values.number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
                values.number(TopicConfig.RETENTION_MS_CONFIG),
                values.number(TopicConfig.RETENTION_BYTES_CONFIG),
                cleanupPolicy.contains(TopicConfig.CLEANUP_POLICY_DELETE),
                cleanupPolicy.contains(TopicConfig.CLEANUP_POLICY_COMPACT),
                values.text(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).equals("LogAppendTime"),
                values.number(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG),
                values.number(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG),
                ofBroker(PRODUCER_ID_EXPIRATION, brokers).map(Long::parseLong).orElse(producerIdExpirationMs),
                values.number(TopicConfig.SEGMENT_JITTER_MS_CONFIG),
                values.number(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG),
                new CompactionConfig(
                        Double.parseDouble(values.text(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG)),
                        values.number(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG),
                        values.number(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG),
                        values.number(TopicConfig.DELETE_RETENTION_MS_CONFIG)),
                TargetCompression.of(
                        values.text(TopicConfig.COMPRESSION_TYPE_CONFIG),
                        (int) values.number(TopicConfig.COMPRESSION_GZIP_LEVEL_CONFIG),
                        (int) values.number(TopicConfig.COMPRESSION_LZ4_LEVEL_CONFIG),
                        (int) values.number(TopicConfig.COMPRESSION_ZSTD_LEVEL_CONFIG)));
        return new PartitionConfig(
                log,
                (int) values.number(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG),
                values.number(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG),
                values.number(TopicConfig.FLUSH_MS_CONFIG),
                verifiesTransactions(brokers));
    }

    private static boolean verifiesTransactions(BrokerConfigLayers brokers) {
        return ofBroker(VERIFIES_TRANSACTIONS, brokers)
                .map(Boolean::parseBoolean)
                .orElse(true);
    }

    private static Optional<String> ofBroker(String name, BrokerConfigLayers brokers) {
        return brokers.inOrder().stream()
                .map(layer -> layer.configs().get(name))
                .filter(Objects::nonNull)
                .map(String::strip)
                .findFirst();
    }

    private record Values(Map<String, String> overrides, BrokerConfigLayers brokers) {

        long number(String name) {
            return TopicConfigs.number(name, overrides, brokers);
        }

        String text(String name) {
            return TopicConfigs.text(name, overrides, brokers);
        }
    }
}
