package dev.millrace.broker.log;

/**
 * The settings of one log, with Kafka's topic level names and meanings.
 *
 * @param segmentBytes segment.bytes
 * @param segmentMs segment.ms
 * @param indexIntervalBytes index.interval.bytes
 * @param maxIndexBytes segment.index.bytes
 * @param maxMessageBytes max.message.bytes: of a batch, with its header
 * @param retentionMs retention.ms; -1: no limit
 * @param retentionBytes retention.bytes; -1: no limit
 * @param delete whether cleanup.policy has delete
 * @param compact whether cleanup.policy has compact
 * @param logAppendTime message.timestamp.type is LogAppendTime
 * @param timestampBeforeMaxMs message.timestamp.before.max.ms
 * @param timestampAfterMaxMs message.timestamp.after.max.ms
 * @param producerIdExpirationMs producer.id.expiration.ms, a setting of the broker
 */
public record LogConfig(
        int segmentBytes,
        long segmentMs,
        int indexIntervalBytes,
        int maxIndexBytes,
        int maxMessageBytes,
        long retentionMs,
        long retentionBytes,
        boolean delete,
        boolean compact,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        long producerIdExpirationMs) {

    /** Kafka's defaults. */
    public static final LogConfig DEFAULT = new LogConfig(
            1 << 30,
            604_800_000L,
            4096,
            10 << 20,
            1_048_588,
            604_800_000L,
            -1,
            true,
            false,
            false,
            Long.MAX_VALUE,
            3_600_000L,
            86_400_000L);
}
