package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.directory.SegmentPlace;
import java.io.IOException;
import java.nio.ByteBuffer;

/** When the active segment is full or old enough to be followed by another one, and where that begins. Stateless. */
public final class Rolling {
    /** Spreads neighbouring numbers: the golden ratio in 64 bits. */
    private static final long JITTER_MIX = 0x9E37_79B9_7F4A_7C15L;

    private Rolling() {}

    /** Whether the batches from position to limit go to another segment. */
    public static boolean isDue(Segment active, ByteBuffer batches, LogConfig config, String log) throws IOException {
        if (!active.canHold(lastOffset(batches))) {
            return true;
        }
        return active.sizeInBytes() > 0
                && ((long) active.sizeInBytes() + batches.remaining() > config.segmentBytes()
                        || active.isIndexFull(config.maxIndexBytes())
                        || isOld(active, maxTimestamp(batches), config, log));
    }

    /**
     * Recovery takes a gap between two segments for a loss, so they adjoin, unless offsets are too far apart for that.
     */
    public static long nextBaseOffset(ByteBuffer batches, long logEndOffset) {
        return lastOffset(batches) - logEndOffset <= SegmentPlace.RELATIVE_OFFSET_MAX
                ? logEndOffset
                : BatchHeader.baseOffset(batches, batches.position());
    }

    /** By the time of the records: a segment that is filled slowly from old data is not cut into many small ones. */
    private static boolean isOld(Segment active, long maxTimestamp, LogConfig config, String log) throws IOException {
        long first = active.firstTimestamp();
        return first >= 0 && maxTimestamp - first > config.segmentMsMax() - jitterMs(active.baseOffset(), config, log);
    }

    /** So that logs which began together do not all roll together. Another one for each segment, and always the same. */
    private static long jitterMs(long baseOffset, LogConfig config, String log) {
        long jitterMax = Math.min(config.segmentJitterMs(), config.segmentMsMax());
        return jitterMax == 0 ? 0 : Math.floorMod((31L * log.hashCode() + baseOffset) * JITTER_MIX, jitterMax);
    }

    private static long lastOffset(ByteBuffer batches) {
        int last = batches.position();
        for (int at = last; at < batches.limit(); at += BatchHeader.sizeInBytes(batches, at)) {
            last = at;
        }
        return BatchHeader.lastOffset(batches, last);
    }

    private static long maxTimestamp(ByteBuffer batches) {
        long max = BatchHeader.NO_TIMESTAMP;
        for (int at = batches.position(); at < batches.limit(); at += BatchHeader.sizeInBytes(batches, at)) {
            max = Math.max(max, BatchHeader.maxTimestamp(batches, at));
        }
        return max;
    }
}
