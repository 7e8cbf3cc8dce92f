package dev.millrace.broker.log;

/** Log settings that differ from the defaults in one thing or two. */
final class Configs {
    private Configs() {}

    static LogConfig segments(int segmentBytes) {
        return of(segmentBytes, Long.MAX_VALUE, -1, -1, true);
    }

    static LogConfig segmentMs(long segmentMs) {
        return of(1 << 20, segmentMs, -1, -1, true);
    }

    static LogConfig retention(int segmentBytes, long retentionMs, long retentionBytes, boolean delete) {
        return of(segmentBytes, Long.MAX_VALUE, retentionMs, retentionBytes, delete);
    }

    private static LogConfig of(
            int segmentBytes, long segmentMs, long retentionMs, long retentionBytes, boolean delete) {
        return new LogConfig(
                segmentBytes,
                segmentMs,
                100,
                10 << 20,
                1_048_588,
                retentionMs,
                retentionBytes,
                delete,
                !delete,
                false,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                86_400_000L);
    }

    static LogConfig maxIndexBytes(int bytes) {
        LogConfig base = segments(1 << 20);
        return new LogConfig(
                base.segmentBytes(),
                base.segmentMs(),
                0,
                bytes,
                1 << 20,
                -1,
                -1,
                true,
                false,
                false,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                86_400_000L);
    }

    static LogConfig maxMessageBytes(int bytes) {
        return new LogConfig(
                1 << 20,
                Long.MAX_VALUE,
                100,
                10 << 20,
                bytes,
                -1,
                -1,
                true,
                false,
                false,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                86_400_000L);
    }

    static LogConfig compacted() {
        return new LogConfig(
                1 << 20,
                Long.MAX_VALUE,
                100,
                10 << 20,
                1 << 20,
                -1,
                -1,
                false,
                true,
                false,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                86_400_000L);
    }

    /** Of a log that is compacted and has small segments. */
    static LogConfig compaction(int segmentBytes, CompactionConfig compaction) {
        return with(segments(segmentBytes), false, true, compaction, TargetCompression.PRODUCER);
    }

    static LogConfig jitter(long segmentMs, long jitterMs) {
        LogConfig base = segmentMs(segmentMs);
        return new LogConfig(
                base.segmentBytes(),
                base.segmentMs(),
                base.indexIntervalBytes(),
                base.maxIndexBytes(),
                base.maxMessageBytes(),
                base.retentionMs(),
                base.retentionBytes(),
                true,
                false,
                false,
                base.timestampBeforeMaxMs(),
                base.timestampAfterMaxMs(),
                base.producerIdExpirationMs(),
                jitterMs,
                base.fileDeleteDelayMs(),
                CompactionConfig.DEFAULT,
                TargetCompression.PRODUCER);
    }

    static LogConfig compression(TargetCompression compression) {
        return with(segments(1 << 20), true, false, CompactionConfig.DEFAULT, compression);
    }

    private static LogConfig with(
            LogConfig base,
            boolean delete,
            boolean compact,
            CompactionConfig compaction,
            TargetCompression compression) {
        return new LogConfig(
                base.segmentBytes(),
                base.segmentMs(),
                base.indexIntervalBytes(),
                base.maxIndexBytes(),
                base.maxMessageBytes(),
                base.retentionMs(),
                base.retentionBytes(),
                delete,
                compact,
                base.logAppendTime(),
                base.timestampBeforeMaxMs(),
                base.timestampAfterMaxMs(),
                base.producerIdExpirationMs(),
                0,
                60_000,
                compaction,
                compression);
    }

    static LogConfig logAppendTime() {
        return new LogConfig(
                1 << 20, Long.MAX_VALUE, 100, 10 << 20, 1 << 20, -1, -1, true, false, true, 1000, 1000, 86_400_000L);
    }

    static LogConfig timestamps(long beforeMaxMs, long afterMaxMs) {
        return new LogConfig(
                1 << 20,
                Long.MAX_VALUE,
                100,
                10 << 20,
                1 << 20,
                -1,
                -1,
                true,
                false,
                false,
                beforeMaxMs,
                afterMaxMs,
                86_400_000L);
    }

    static LogConfig producerExpiration(long ms) {
        return new LogConfig(
                1 << 20,
                Long.MAX_VALUE,
                100,
                10 << 20,
                1 << 20,
                -1,
                -1,
                true,
                false,
                false,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                ms);
    }
}
