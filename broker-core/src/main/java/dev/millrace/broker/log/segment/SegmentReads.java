package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.batch.BatchScan;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.LogCorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds batches in a segment by offset, and hands them out unread: the indexes say about where to look, the batch headers
 * say exactly where, and what is found is remembered for the next reader. Any thread, over what is published.
 */
final class SegmentReads {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentReads.class);
    private static final long NOT_KNOWN = -1;

    private final Segment segment;
    private final long baseOffset;
    private final CheckedParts checked;
    private final BoundaryCache boundaries = new BoundaryCache();

    /** The offset after the last record, of a segment that is not appended to. */
    private volatile long sealedEnd = NOT_KNOWN;

    SegmentReads(Segment segment, CheckedParts checked) {
        this.segment = segment;
        this.baseOffset = segment.baseOffset();
        this.checked = checked;
    }

    /** A batch was appended that ends here. */
    void onAppended(long lastOffset, int end) {
        boundaries.put(Boundary.of(lastOffset + 1 - baseOffset, end));
    }

    /** As {@link Segment#read}. */
    @Nullable
    SegmentSlice read(long offset, int maxBytes, long limit, long segmentEnd, boolean atLeastOneBatch)
            throws IOException {
        SegmentFiles open = segment.retain();
        boolean handedOver = false;
        try {
            int end = segment.sizeInBytes();
            long start = boundary(open, offset, end, true);
            int from = Boundary.position(start);
            if (from >= end) {
                return null;
            }
            long nextOffset;
            int to;
            if (limit >= segmentEnd) {
                to = end;
                nextOffset = Math.min(segmentEnd, sealedEnd(open, end));
            } else {
                long stop = boundary(open, limit, end, false);
                to = Boundary.position(stop);
                nextOffset = baseOffset + Boundary.relativeOffset(stop);
            }
            if (to - from > maxBytes) {
                long stop = cut(open, start, maxBytes, end, atLeastOneBatch);
                to = Boundary.position(stop);
                nextOffset = baseOffset + Boundary.relativeOffset(stop);
                boundaries.put(stop);
            }
            if (to <= from) {
                if (offset < limit) {
                    ensureReaches(open, from, end, limit);
                }
                return SegmentSlice.empty(offset);
            }
            if (!checked.cover(from, to)) {
                Verification verification = new Verification(open.log(), baseOffset, Math.min(segmentEnd, limit) - 1);
                if (!checked.verify(verification, from, to, end)) {
                    to = verification.position();
                    nextOffset = verification.nextOffset();
                }
            }
            handedOver = true;
            return new SegmentSlice(open, from, to - from, nextOffset);
        } finally {
            if (!handedOver) {
                open.release();
            }
        }
    }

    /** The offset after the last record of a sealed segment; Long.MAX_VALUE when damage hides it. */
    private long sealedEnd(SegmentFiles open, int end) throws IOException {
        long known = sealedEnd;
        if (known == NOT_KNOWN) {
            try {
                known = endOffset(open, end);
            } catch (LogCorruptException e) {
                LOG.debug("file={} error={}", segment.description(), e.getMessage());
                known = Long.MAX_VALUE;
            }
            sealedEnd = known;
        }
        return known;
    }

    /** The batch at {@code from} should be the reader's: a wrong offset must not have it wait there for ever. */
    private void ensureReaches(SegmentFiles open, int from, int end, long limit) throws IOException {
        BatchScan scan = BatchScan.lookUp(open.log(), from, end);
        if (scan.next() && scan.baseOffset() >= limit) {
            throw checked.damaged(from, "offset " + scan.baseOffset() + " before offset " + limit);
        }
        checked.ensureSound(open.log(), from, from + scan.sizeInBytes(), end);
    }

    /**
     * Where the first batch with a record at or after {@code offset} begins; the end when there is none.
     *
     * @param sure whether a batch before it that may wrongly say where it ends is an error
     */
    private long boundary(SegmentFiles open, long offset, int end, boolean sure) throws IOException {
        long relative = offset - baseOffset;
        if (relative <= 0) {
            return Boundary.of(0, 0);
        }
        if (relative > SegmentPlace.RELATIVE_OFFSET_MAX + 1) {
            return Boundary.of(SegmentPlace.RELATIVE_OFFSET_MAX + 1, end);
        }
        long known = boundaries.get(relative);
        if (known != BoundaryCache.NONE) {
            return known;
        }
        BatchScan scan = BatchScan.lookUp(open.log(), open.indexes().floorOfOffset(relative, end), end);
        int before = -1;
        while (scan.next()) {
            if (scan.lastOffset() < offset) {
                before = scan.position();
            } else {
                if (sure && scan.baseOffset() > offset && before >= 0) {
                    // No record has the offset: compaction took it, or the batch before says wrongly where it ends.
                    checked.ensureSound(open.log(), before, scan.position(), scan.position());
                }
                long found = Boundary.of(Math.min(scan.baseOffset() - baseOffset, relative), scan.position());
                boundaries.put(found);
                return found;
            }
        }
        return Boundary.of(relative, end);
    }

    /** The last boundary that is at most {@code maxBytes} behind {@code start}; behind its first batch at least, if asked. */
    private long cut(SegmentFiles open, long start, int maxBytes, int end, boolean atLeastOneBatch) throws IOException {
        int from = Boundary.position(start);
        long farthest = (long) from + Math.max(0, maxBytes);
        int near = open.indexes().floorOfPosition(farthest, from, end);
        long last = start;
        BatchScan scan = BatchScan.lookUp(open.log(), near, end);
        while (scan.next()) {
            int behind = scan.position() + scan.sizeInBytes();
            if (behind > farthest && !(atLeastOneBatch && scan.position() == from)) {
                return scan.position() == from ? start : Boundary.of(scan.baseOffset() - baseOffset, scan.position());
            }
            last = Boundary.of(scan.lastOffset() + 1 - baseOffset, behind);
        }
        return last;
    }

    /** The place to truncate at: where the batch begins that holds {@code offset}, or the first one after it. */
    long truncationBoundary(long offset) throws IOException {
        if (segment.sizeInBytes() == 0) {
            return Boundary.of(Math.max(0, offset - baseOffset), 0);
        }
        SegmentFiles open = segment.retain();
        try {
            return boundary(open, offset, segment.sizeInBytes(), false);
        } finally {
            open.release();
        }
    }

    /** The offset after the last record; the base offset without one. */
    long endOffset() throws IOException {
        int end = segment.sizeInBytes();
        if (end == 0) {
            return baseOffset;
        }
        SegmentFiles open = segment.retain();
        try {
            return endOffset(open, end);
        } finally {
            open.release();
        }
    }

    private long endOffset(SegmentFiles open, int end) throws IOException {
        long endOffset = baseOffset;
        int last = open.indexes().floorOfOffset(SegmentPlace.RELATIVE_OFFSET_MAX, end);
        BatchScan scan = BatchScan.lookUp(open.log(), last, end);
        while (scan.next()) {
            endOffset = scan.lastOffset() + 1;
        }
        return endOffset;
    }

    /** As {@link Segment#scan(long, Segment.BatchVisitor, ByteBuffer)}. */
    boolean scan(long from, Segment.BatchVisitor visitor, ByteBuffer window) throws IOException {
        if (segment.sizeInBytes() == 0) {
            return true;
        }
        SegmentFiles open = segment.retain();
        try {
            int end = segment.sizeInBytes();
            BatchScan scan =
                    new BatchScan(open.log(), Boundary.position(boundary(open, from, end, false)), end, window);
            while (scan.next()) {
                if (!visitor.visit(scan)) {
                    return false;
                }
            }
            return true;
        } finally {
            open.release();
        }
    }
}
