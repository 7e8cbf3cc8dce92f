package dev.millrace.broker.log;

import dev.millrace.broker.log.config.CompactionConfig;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.config.TargetCompression;
import java.util.function.Consumer;

/** Log settings that differ in one thing or two from those of a small log without limits. */
final class Configs {
    int segmentBytes = 1 << 20;
    long segmentMs = Long.MAX_VALUE;
    long segmentJitterMs;
    int indexIntervalBytes = 100;
    int maxIndexBytes = 10 << 20;
    int maxMessageBytes = 1_048_588;
    long retentionMs = -1;
    long retentionBytes = -1;
    boolean delete = true;
    boolean compact;
    boolean logAppendTime;
    long timestampBeforeMaxMs = Long.MAX_VALUE;
    long timestampAfterMaxMs = Long.MAX_VALUE;
    long producerIdExpirationMs = 86_400_000L;
    CompactionConfig compaction = CompactionConfig.DEFAULT;
    TargetCompression compression = TargetCompression.PRODUCER;

    private Configs() {}

    static LogConfig with(Consumer<Configs> differences) {
        Configs config = new Configs();
        differences.accept(config);
        return new LogConfig(
                config.segmentBytes,
                config.segmentMs,
                config.indexIntervalBytes,
                config.maxIndexBytes,
                config.maxMessageBytes,
                config.retentionMs,
                config.retentionBytes,
                config.delete,
                config.compact,
                config.logAppendTime,
                config.timestampBeforeMaxMs,
                config.timestampAfterMaxMs,
                config.producerIdExpirationMs,
                config.segmentJitterMs,
                LogConfig.DEFAULT.fileDeleteDelayMs(),
                config.compaction,
                config.compression);
    }

    static LogConfig segments(int segmentBytes) {
        return with(config -> config.segmentBytes = segmentBytes);
    }

    static LogConfig segmentMs(long segmentMs) {
        return jitter(segmentMs, 0);
    }

    static LogConfig jitter(long segmentMs, long jitterMs) {
        return with(config -> {
            config.segmentMs = segmentMs;
            config.segmentJitterMs = jitterMs;
        });
    }

    static LogConfig retention(int segmentBytes, long retentionMs, long retentionBytes, boolean delete) {
        return with(config -> {
            config.segmentBytes = segmentBytes;
            config.retentionMs = retentionMs;
            config.retentionBytes = retentionBytes;
            config.delete = delete;
            config.compact = !delete;
        });
    }

    static LogConfig maxIndexBytes(int bytes) {
        return with(config -> {
            config.indexIntervalBytes = 0;
            config.maxIndexBytes = bytes;
        });
    }

    static LogConfig maxMessageBytes(int bytes) {
        return with(config -> config.maxMessageBytes = bytes);
    }

    static LogConfig compacted() {
        return compaction(1 << 20, CompactionConfig.DEFAULT);
    }

    /** Of a log that is compacted and has small segments. */
    static LogConfig compaction(int segmentBytes, CompactionConfig compaction) {
        return with(config -> {
            config.segmentBytes = segmentBytes;
            config.delete = false;
            config.compact = true;
            config.compaction = compaction;
        });
    }

    static LogConfig compression(TargetCompression compression) {
        return with(config -> config.compression = compression);
    }

    static LogConfig logAppendTime() {
        return logAppendTime(TargetCompression.PRODUCER);
    }

    static LogConfig logAppendTime(TargetCompression compression) {
        return with(config -> {
            config.logAppendTime = true;
            config.timestampBeforeMaxMs = 1000;
            config.timestampAfterMaxMs = 1000;
            config.compression = compression;
        });
    }

    static LogConfig timestamps(long beforeMaxMs, long afterMaxMs) {
        return with(config -> {
            config.timestampBeforeMaxMs = beforeMaxMs;
            config.timestampAfterMaxMs = afterMaxMs;
        });
    }

    static LogConfig producerExpiration(long ms) {
        return with(config -> config.producerIdExpirationMs = ms);
    }
}
