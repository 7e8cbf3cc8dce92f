package dev.millrace.broker.coordinator.group;

import org.jspecify.annotations.Nullable;

/**
 * What an operator can set about groups, under Kafka's names.
 *
 * @param minSessionTimeoutMs {@code group.min.session.timeout.ms}
 * @param maxSessionTimeoutMs {@code group.max.session.timeout.ms}
 * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}: how long an empty group waits for more members
 *     before its first generation starts
 * @param maxSize {@code group.max.size}: members
 * @param offsetMetadataMaxChars {@code offset.metadata.max.bytes}; in spite of the key, Kafka counts characters
 * @param offsetsRetentionMs {@code offsets.retention.minutes}, in milliseconds
 * @param offsetsRetentionCheckIntervalMs {@code offsets.retention.check.interval.ms}
 * @param consumer {@code group.consumer.*}: groups of the consumer protocol
 */
public record GroupConfig(
        int minSessionTimeoutMs,
        int maxSessionTimeoutMs,
        int initialRebalanceDelayMs,
        int maxSize,
        int offsetMetadataMaxChars,
        long offsetsRetentionMs,
        long offsetsRetentionCheckIntervalMs,
        ConsumerGroupConfig consumer) {

    /** With Kafka's defaults for groups of the consumer protocol. */
    public GroupConfig(
            int minSessionTimeoutMs,
            int maxSessionTimeoutMs,
            int initialRebalanceDelayMs,
            int maxSize,
            int offsetMetadataMaxChars,
            long offsetsRetentionMs,
            long offsetsRetentionCheckIntervalMs) {
        this(
                minSessionTimeoutMs,
                maxSessionTimeoutMs,
                initialRebalanceDelayMs,
                maxSize,
                offsetMetadataMaxChars,
                offsetsRetentionMs,
                offsetsRetentionCheckIntervalMs,
                ConsumerGroupConfig.DEFAULT);
    }

    /** Kafka's own defaults. */
    public static final GroupConfig DEFAULT =
            new GroupConfig(6_000, 1_800_000, 3_000, Integer.MAX_VALUE, 4096, 7 * 24 * 60 * 60_000L, 600_000);

    /** Whether an offset may be committed with this. */
    public boolean hasRoomFor(@Nullable String offsetMetadata) {
        return offsetMetadata == null || offsetMetadata.length() <= offsetMetadataMaxChars;
    }
}
