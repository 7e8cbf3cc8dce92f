package dev.millrace.broker.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what survives of some neighbouring segments into one new segment. In steps; for one thread. */
final class SegmentRewrite {
    private final List<Segment> sources;
    private final CleanedSegment target;
    private final CleaningFilter filter;
    private final int bufferBytes;
    private final int lastWithBatches;

    private int index;
    private @Nullable BatchReads reads;
    private boolean changed;

    SegmentRewrite(List<Segment> sources, CleanedSegment target, CleaningFilter filter, int bufferBytes) {
        this.sources = sources;
        this.target = target;
        this.filter = filter;
        this.bufferBytes = bufferBytes;
        int last = sources.size() - 1;
        while (last >= 0 && sources.get(last).sizeInBytes() == 0) {
            last--;
        }
        this.lastWithBatches = last;
        this.changed = sources.size() > 1;
    }

    boolean isDone() {
        return index > lastWithBatches;
    }

    /** Whether the new segment is other than what it was made from. */
    boolean hasChanged() {
        return changed;
    }

    List<Segment> sources() {
        return sources;
    }

    CleanedSegment target() {
        return target;
    }

    /** Reads some more, about {@code bytesMax}; returns how many bytes it has read and written. */
    long step(int bytesMax) throws IOException {
        long read = 0;
        int writtenBefore = target.sizeInBytes();
        while (!isDone() && read < bytesMax) {
            read += stepIn(sources.get(index), bytesMax - read);
        }
        return read + target.sizeInBytes() - writtenBefore;
    }

    private long stepIn(Segment segment, long bytesMax) throws IOException {
        if (segment.sizeInBytes() == 0) {
            index++;
            return 0;
        }
        SegmentFiles open = segment.retain();
        try {
            BatchReads batches = reads;
            if (batches == null) {
                batches = new BatchReads(bufferBytes, open.log(), 0, segment.sizeInBytes());
                reads = batches;
            }
            int begun = batches.position();
            while (batches.position() - begun < bytesMax) {
                ByteBuffer batch = batches.next();
                if (batch == null) {
                    reads = null;
                    index++;
                    break;
                }
                rewrite(batch, index == lastWithBatches && batches.isAtEnd());
            }
            return (long) batches.position() - begun;
        } finally {
            open.release();
        }
    }

    private void rewrite(ByteBuffer batch, boolean last) throws IOException {
        ByteBuffer rest = filter.filter(batch, last);
        changed |= !rest.equals(batch);
        if (rest.hasRemaining()) {
            target.append(rest);
        }
    }
}
