package dev.millrace.broker.log.index;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.BatchScan;
import dev.millrace.broker.log.directory.SegmentPlace;
import java.io.IOException;

/** Fills the indexes of a segment whose batches are gone through in order: after a crash, or when they are lost. */
public final class SegmentIndexing {
    private final IndexFile offsets;
    private final IndexFile times;
    private final long baseOffset;
    private final int intervalBytes;
    private MaxTimestamp maxTimestamp;
    private int bytesSinceEntry;

    public SegmentIndexing(
            IndexFile offsets, IndexFile times, long baseOffset, int intervalBytes, MaxTimestamp maxTimestamp) {
        this.offsets = offsets;
        this.times = times;
        this.baseOffset = baseOffset;
        this.intervalBytes = intervalBytes;
        this.maxTimestamp = maxTimestamp;
    }

    /** Of a segment whose indexes are made from nothing. */
    public static SegmentIndexing of(SegmentPlace place, int intervalBytes) {
        return new SegmentIndexing(
                IndexFile.empty(IndexFile.Kind.OFFSET, place),
                IndexFile.empty(IndexFile.Kind.TIME, place),
                place.baseOffset(),
                intervalBytes,
                MaxTimestamp.NONE);
    }

    /** All batches that are left to scan. */
    public void through(BatchScan scan) throws IOException {
        while (scan.next()) {
            onBatch(scan.position(), scan.sizeInBytes(), scan.lastOffset(), scan.maxTimestamp());
        }
    }

    public void onBatch(int position, int size, long lastOffset, long batchMaxTimestamp) throws IOException {
        if (batchMaxTimestamp > maxTimestamp.timestampMs()) {
            maxTimestamp = new MaxTimestamp(batchMaxTimestamp, lastOffset);
        }
        if (bytesSinceEntry > intervalBytes) {
            addEntry(offsets, times, lastOffset, position, maxTimestamp, baseOffset);
            bytesSinceEntry = 0;
        }
        bytesSinceEntry += size;
    }

    /** When nothing is appended any more. */
    public void seal() throws IOException {
        addLast(times, maxTimestamp, baseOffset);
        offsets.store();
        times.store();
    }

    /** The way Apache Kafka's tools expect it: a batch is found by its last offset. */
    static void addEntry(
            IndexFile offsets,
            IndexFile times,
            long lastOffset,
            int position,
            MaxTimestamp maxTimestamp,
            long baseOffset)
            throws IOException {
        offsets.add(lastOffset - baseOffset, position);
        addLast(times, maxTimestamp, baseOffset);
    }

    /** The last entry of a sealed segment's time index names its largest timestamp. */
    static void addLast(IndexFile times, MaxTimestamp maxTimestamp, long baseOffset) throws IOException {
        IndexFile.Cursor cursor = times.cursor();
        int last = cursor.entries() - 1;
        if (maxTimestamp.timestampMs() > (last < 0 ? BatchHeader.NO_TIMESTAMP : cursor.key(last))) {
            times.add(maxTimestamp.timestampMs(), (int) (maxTimestamp.offset() - baseOffset));
        }
    }

    public IndexFile offsets() {
        return offsets;
    }

    public IndexFile times() {
        return times;
    }

    public MaxTimestamp maxTimestamp() {
        return maxTimestamp;
    }

    public int bytesSinceEntry() {
        return bytesSinceEntry;
    }
}
