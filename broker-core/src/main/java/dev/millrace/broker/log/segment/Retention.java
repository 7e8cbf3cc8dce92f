package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.config.LogConfig;
import java.io.IOException;

/** Which segments retention.ms and retention.bytes let go. */
public final class Retention {
    private static final long UNLIMITED = -1;

    private Retention() {}

    /**
     * The log start that retention asks for. From the oldest on, a segment goes when its newest record is too old, or when
     * what remains is still as large as it should be; never one with records at or above the high watermark.
     */
    public static long startAfter(
            Segments segments, LogConfig config, long logEndOffset, long highWatermark, long nowMs) throws IOException {
        long excess = config.retentionBytes() == UNLIMITED ? 0 : bytes(segments) - config.retentionBytes();
        long start = segments.first().baseOffset();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            long end = Math.min(segments.endOffset(i), logEndOffset);
            if (segment.sizeInBytes() == 0 || end > highWatermark) {
                break;
            }
            boolean tooMuch = excess >= segment.sizeInBytes();
            if (!tooMuch && !isTooOld(segment, config, nowMs)) {
                break;
            }
            excess -= segment.sizeInBytes();
            start = end;
        }
        return start;
    }

    private static boolean isTooOld(Segment segment, LogConfig config, long nowMs) throws IOException {
        if (config.retentionMs() == UNLIMITED) {
            return false;
        }
        long newest = segment.maxTimestamp().timestampMs();
        return newest != BatchHeader.NO_TIMESTAMP && nowMs - newest > config.retentionMs();
    }

    private static long bytes(Segments segments) {
        long bytes = 0;
        for (int i = 0; i < segments.size(); i++) {
            bytes += segments.get(i).sizeInBytes();
        }
        return bytes;
    }
}
