package dev.millrace.broker.log.config;

/**
 * How a compacted log is cleaned, with Kafka's topic level names and meanings.
 *
 * @param minCleanableRatio min.cleanable.dirty.ratio: it is cleaned when more of it than this has not been cleaned yet
 * @param minLagMs min.compaction.lag.ms: so long a record stays in any case
 * @param maxLagMs max.compaction.lag.ms: after so long it is cleaned whatever the ratio (KIP-354)
 * @param deleteRetentionMs delete.retention.ms: so long a tombstone and an end marker stay after the cleaning that met them
 */
public record CompactionConfig(double minCleanableRatio, long minLagMs, long maxLagMs, long deleteRetentionMs) {

    /** Kafka's defaults. */
    public static final CompactionConfig DEFAULT = new CompactionConfig(0.5, 0, Long.MAX_VALUE, 86_400_000L);
}
