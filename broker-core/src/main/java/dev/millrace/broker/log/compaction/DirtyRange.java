package dev.millrace.broker.log.compaction;

import dev.millrace.broker.log.config.CompactionConfig;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;

/**
 * What of a compacted log has not been cleaned yet and may be.
 *
 * @param firstDirty everything below was cleaned
 * @param firstUncleanable where the first segment begins that must stay as it is
 * @param cleanBytes of segments that begin below the first dirty offset
 * @param cleanableBytes of segments between the two
 * @param overdue whether records wait longer than max.compaction.lag.ms
 */
public record DirtyRange(
        long firstDirty, long firstUncleanable, long cleanBytes, long cleanableBytes, boolean overdue) {

    /**
     * The end is before the active segment, whatever a transaction may still undo, and the first record that is younger than
     * min.compaction.lag.ms.
     *
     * @param cleanedTo up to where the log was cleaned; below the log start when it never was
     */
    public static DirtyRange of(
            Segments segments,
            long logStartOffset,
            long logEndOffset,
            long lastStableOffset,
            long cleanedTo,
            CompactionConfig config,
            long nowMs)
            throws IOException {
        // Beyond the end: the log has lost records since.
        long firstDirty = cleanedTo < logStartOffset || cleanedTo > logEndOffset ? logStartOffset : cleanedTo;
        int from = segments.floorIndex(firstDirty);
        int to = segments.floorIndex(lastStableOffset);
        boolean overdue = false;
        for (int i = from; i < to; i++) {
            Segment segment = segments.get(i);
            if (config.minLagMs() > 0 && segment.maxTimestamp().timestampMs() > nowMs - config.minLagMs()) {
                to = i;
                break;
            }
            overdue |= waitsTooLong(segment, config, nowMs);
        }
        long firstUncleanable = Math.max(firstDirty, segments.get(to).baseOffset());
        long clean = 0;
        long cleanable = 0;
        for (int i = 0; i < to; i++) {
            Segment segment = segments.get(i);
            clean += segment.baseOffset() < firstDirty ? segment.sizeInBytes() : 0;
            cleanable += i >= from ? segment.sizeInBytes() : 0;
        }
        return new DirtyRange(firstDirty, firstUncleanable, clean, cleanable, overdue);
    }

    private static boolean waitsTooLong(Segment segment, CompactionConfig config, long nowMs) throws IOException {
        if (config.maxLagMs() == Long.MAX_VALUE) {
            return false;
        }
        long oldest = segment.firstTimestamp();
        return oldest > 0 && oldest < nowMs - config.maxLagMs();
    }

    /** The part of the log that is dirty, of what is clean and what could be. */
    public double ratio() {
        return cleanableBytes == 0 ? 0 : (double) cleanableBytes / (cleanBytes + cleanableBytes);
    }

    /** Whether it is time to clean. */
    public boolean isDue(CompactionConfig config) {
        return cleanableBytes > 0 && (overdue || ratio() > config.minCleanableRatio());
    }
}
