package dev.millrace.broker.log.config;

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
 * @param segmentJitterMs segment.jitter.ms: by up to so much a segment is rolled earlier than segment.ms says
 * @param fileDeleteDelayMs file.delete.delay.ms: for so long the files of a deleted segment stay, under another name
 * @param compaction how a compacted log is cleaned
 * @param compression compression.type and its levels
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
        long producerIdExpirationMs,
        long segmentJitterMs,
        long fileDeleteDelayMs,
        CompactionConfig compaction,
        TargetCompression compression) {

    private static final long FILE_DELETE_DELAY_MS = 60_000L;

    /** How old a segment may get before it is rolled: not older than compaction may wait for it (KIP-354). */
    public long segmentMsMax() {
        return compact ? Math.min(segmentMs, compaction.maxLagMs()) : segmentMs;
    }

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
            86_400_000L,
            0,
            FILE_DELETE_DELAY_MS,
            CompactionConfig.DEFAULT,
            TargetCompression.PRODUCER);

    /** Of a log from which nothing is deleted by age or size, with segments that are rolled by size alone. */
    public static LogConfig unlimited(int segmentBytes, int maxMessageBytes) {
        return new LogConfig(
                segmentBytes,
                Long.MAX_VALUE,
                DEFAULT.indexIntervalBytes,
                1 << 20,
                maxMessageBytes,
                -1,
                -1,
                true,
                false,
                false,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                DEFAULT.producerIdExpirationMs,
                0,
                FILE_DELETE_DELAY_MS,
                CompactionConfig.DEFAULT,
                TargetCompression.PRODUCER);
    }
}
