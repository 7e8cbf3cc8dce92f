package dev.millrace.broker.log.compaction;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.index.AbortedTransactions;
import dev.millrace.broker.log.index.IndexFile;
import dev.millrace.broker.log.index.MaxTimestamp;
import dev.millrace.broker.log.index.SegmentIndexes;
import dev.millrace.broker.log.index.SegmentIndexing;
import dev.millrace.broker.log.index.TransactionIndexFile;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A segment in the making, that will take the place of some others: its files end with {@code .cleaned}, and nobody reads
 * them. For one thread.
 */
public final class CleanedSegment {
    private final SegmentPlace place;
    private final int indexIntervalBytes;
    private final DiskFile log;
    private final IndexFile offsets;
    private final IndexFile times;
    private final SegmentIndexing indexing;
    private final ByteBuffer buffer;
    private int written;

    private CleanedSegment(SegmentPlace place, int indexIntervalBytes, DiskFile log, int bufferBytes) {
        this.place = place;
        this.indexIntervalBytes = indexIntervalBytes;
        this.log = log;
        this.offsets = IndexFile.empty(IndexFile.Kind.OFFSET, place.disk(), path(LogFileNames.OFFSET_INDEX));
        this.times = IndexFile.empty(IndexFile.Kind.TIME, place.disk(), path(LogFileNames.TIME_INDEX));
        this.indexing = new SegmentIndexing(offsets, times, place.baseOffset(), indexIntervalBytes, MaxTimestamp.NONE);
        this.buffer = ByteBuffer.allocate(bufferBytes);
    }

    /** Makes the files, over what a cleaning before has left. */
    public static CleanedSegment create(SegmentPlace place, int indexIntervalBytes, int bufferBytes)
            throws IOException {
        DiskFile log = place.disk().open(place.path(LogFileNames.LOG + LogFileNames.CLEANED), true);
        CleanedSegment created = new CleanedSegment(place, indexIntervalBytes, log, bufferBytes);
        log.truncate(0);
        created.offsets.store();
        created.times.store();
        return created;
    }

    private String path(String suffix) {
        return place.path(suffix + LogFileNames.CLEANED);
    }

    public long baseOffset() {
        return place.baseOffset();
    }

    public int sizeInBytes() {
        return written + buffer.position();
    }

    /** One batch, which is copied. */
    void append(ByteBuffer batch) throws IOException {
        int size = batch.remaining();
        int position = sizeInBytes();
        if (position + (long) size > Integer.MAX_VALUE) {
            throw new IllegalStateException(log.description() + " would get more than " + Integer.MAX_VALUE + " bytes");
        }
        indexing.onBatch(position, size, BatchHeader.lastOffset(batch, 0), BatchHeader.maxTimestamp(batch, 0));
        if (size > buffer.remaining()) {
            writeBuffer();
        }
        if (size > buffer.capacity()) {
            log.write(batch, written);
            written += size;
        } else {
            buffer.put(batch);
        }
    }

    private void writeBuffer() throws IOException {
        buffer.flip();
        if (buffer.hasRemaining()) {
            int bytes = buffer.remaining();
            log.write(buffer, written);
            written += bytes;
        }
        buffer.clear();
    }

    /** Nothing is added any more; all is on the disk on return. */
    public void finish(List<AbortedTransactions.Entry> aborted) throws IOException {
        writeBuffer();
        indexing.seal();
        log.force();
        offsets.force();
        times.force();
        TransactionIndexFile transactions = new TransactionIndexFile(place, LogFileNames.CLEANED);
        transactions.write(aborted.toArray(new AbortedTransactions.Entry[0]), 0);
        transactions.force();
    }

    /** As readers will know it. It owns the open files from now on. */
    public Segment toSegment(List<AbortedTransactions.Entry> aborted) {
        SegmentFiles files = new SegmentFiles(log, SegmentIndexes.made(place, log, indexIntervalBytes, offsets, times));
        return Segment.cleaned(place, written, indexIntervalBytes, aborted, indexing.maxTimestamp(), files);
    }

    /** It is not going to be anybody's. */
    public void close() throws IOException {
        log.close();
        offsets.close();
        times.close();
    }

    public void delete() throws IOException {
        new SegmentSwap(place).deleteCleaned();
    }
}
