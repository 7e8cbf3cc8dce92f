package dev.millrace.broker.log.batch;

import dev.millrace.broker.log.config.LogConfig;

/**
 * How much the records of a compressed batch may become. Kafka has no such limit, and lets a megabyte of a client's take
 * gigabytes of the cleaner's memory or minutes of a thread. What is only looked over may become more than what the broker
 * takes into its memory record by record: to compress it anew, or to clean it.
 */
final class ExpansionLimit {
    /** What a record costs beside its bytes. */
    static final int BYTES_PER_RECORD = 128;

    private static final long LOOKED_OVER_BYTES_MIN = 128L << 20;
    private static final int LOOKED_OVER_RATIO = 128;
    private static final long TAKEN_IN_BYTES_MIN = 16L << 20;
    private static final int TAKEN_IN_RATIO = 16;

    private ExpansionLimit() {}

    /** Of one batch, with {@link #BYTES_PER_RECORD} for each record. */
    static long bytesMax(LogConfig config, int codec) {
        boolean takenIn = config.compact() || config.compression().changes(codec);
        return takenIn
                ? Math.max(TAKEN_IN_BYTES_MIN, (long) TAKEN_IN_RATIO * config.maxMessageBytes())
                : Math.max(LOOKED_OVER_BYTES_MIN, (long) LOOKED_OVER_RATIO * config.maxMessageBytes());
    }
}
