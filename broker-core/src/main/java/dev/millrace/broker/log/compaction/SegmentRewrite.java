package dev.millrace.broker.log.compaction;

import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.SegmentSteps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes what survives of some neighbouring segments into one new segment. In steps; for one thread. */
public final class SegmentRewrite implements SegmentSteps.Reader {
    private final List<Segment> sources;
    private final CleanedSegment target;
    private final CleaningFilter filter;
    private final SegmentSteps reads;
    private final int lastWithBatches;

    private int index;
    private boolean changed;

    public SegmentRewrite(List<Segment> sources, CleanedSegment target, CleaningFilter filter, int bufferBytes) {
        this.sources = sources;
        this.target = target;
        this.filter = filter;
        this.reads = new SegmentSteps(bufferBytes, this);
        int last = sources.size() - 1;
        while (last >= 0 && sources.get(last).sizeInBytes() == 0) {
            last--;
        }
        this.lastWithBatches = last;
        this.changed = sources.size() > 1;
    }

    public boolean isDone() {
        return index > lastWithBatches;
    }

    /** Whether the new segment is other than what it was made from. */
    public boolean hasChanged() {
        return changed;
    }

    public List<Segment> sources() {
        return sources;
    }

    public CleanedSegment target() {
        return target;
    }

    /** Reads some more, about {@code bytesMax}; returns how many bytes it has read and written. */
    public long step(int bytesMax) throws IOException {
        long read = 0;
        int writtenBefore = target.sizeInBytes();
        while (!isDone() && read < bytesMax) {
            read += reads.step(sources.get(index), bytesMax - read);
        }
        return read + target.sizeInBytes() - writtenBefore;
    }

    @Override
    public void onSegmentEnd() {
        index++;
    }

    @Override
    public boolean onBatch(ByteBuffer batch, boolean last) throws IOException {
        ByteBuffer rest = filter.filter(batch, last && index == lastWithBatches);
        changed |= !rest.equals(batch);
        if (rest.hasRemaining()) {
            target.append(rest);
        }
        return true;
    }
}
