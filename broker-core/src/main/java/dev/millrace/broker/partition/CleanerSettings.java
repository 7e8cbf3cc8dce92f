package dev.millrace.broker.partition;

import dev.millrace.broker.log.config.CleaningLimits;

/**
 * The broker settings that the cleaning of compacted logs goes by.
 *
 * @param enabled log.cleaner.enable
 * @param cleaningsMax log.cleaner.threads: how many logs are cleaned at a time
 * @param backoffMs log.cleaner.backoff.ms: how long to wait when there was nothing to clean
 * @param bytesPerSecond log.cleaner.io.max.bytes.per.second: read and written, by all cleanings together
 * @param limits of one cleaning
 */
public record CleanerSettings(
        boolean enabled, int cleaningsMax, long backoffMs, double bytesPerSecond, CleaningLimits limits) {

    private static final long MAP_BYTES = 128L << 20;
    private static final int BUFFER_BYTES = 256 << 10;

    /** Kafka's defaults. */
    public static final CleanerSettings DEFAULT =
            new CleanerSettings(true, 1, 15_000, Double.MAX_VALUE, new CleaningLimits(MAP_BYTES, 0.9, BUFFER_BYTES));
}
