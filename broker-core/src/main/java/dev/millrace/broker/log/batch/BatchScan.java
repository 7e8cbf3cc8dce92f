package dev.millrace.broker.log.batch;

import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.disk.LogCorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Goes from batch header to batch header through a segment, reading through a window, so that small batches share one read
 * and the bodies of large ones are never read.
 */
public final class BatchScan {
    /** Some fifty small batches, or the header of one large batch with little waste. */
    public static final int WINDOW_BYTES = 4096;

    /** For scans that end before they are told to anybody, so that a look-up allocates nothing. */
    private static final ThreadLocal<ByteBuffer> LOOK_UP_WINDOWS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(WINDOW_BYTES));

    private final DiskFile file;
    private final int end;
    private final ByteBuffer window;
    private long windowAt;
    private int position;
    private int at;
    private int size;
    private long nextOffset = Long.MIN_VALUE;

    /**
     * @param from where a batch begins
     * @param end where the last batch ends
     */
    public BatchScan(DiskFile file, int from, int end) {
        this(file, from, end, ByteBuffer.allocate(WINDOW_BYTES));
    }

    /** Of which a thread has one at a time. */
    public static BatchScan lookUp(DiskFile file, int from, int end) {
        return new BatchScan(file, from, end, LOOK_UP_WINDOWS.get());
    }

    public BatchScan(DiskFile file, int from, int end, ByteBuffer window) {
        this.file = file;
        this.end = end;
        this.window = window.clear().limit(0);
        this.position = from;
    }

    /**
     * Goes to the next header; false at the end.
     *
     * @throws LogCorruptException when what is there can't be a batch
     */
    public boolean next() throws IOException {
        position += size;
        if (position >= end) {
            size = 0;
            return false;
        }
        load(BatchHeader.RECORDS_AT);
        size = BatchHeader.sizeInBytes(window, at);
        if (BatchHeader.magic(window, at) != BatchHeader.MAGIC
                || size < BatchHeader.RECORDS_AT
                || size > end - position) {
            throw corrupt("does not begin a record batch");
        }
        if (baseOffset() < nextOffset || lastOffset() < baseOffset()) {
            throw corrupt("has offsets " + baseOffset() + " to " + lastOffset() + " where " + nextOffset + " is next");
        }
        nextOffset = lastOffset() + 1;
        return true;
    }

    /** The whole of the current batch, at position 0 of a buffer of its own. */
    public ByteBuffer batch() throws IOException {
        ByteBuffer batch = ByteBuffer.allocate(size);
        if (file.read(batch, position) < size) {
            throw corrupt("begins a record batch that is cut off");
        }
        return batch.flip();
    }

    /** As {@link #batch}, for whoever is going to decode it. */
    public ByteBuffer intactBatch() throws IOException {
        ByteBuffer batch = batch();
        if (!BatchHeader.isIntact(batch, 0, size)) {
            throw corrupt("begins a record batch that does not match its checksum");
        }
        return batch;
    }

    private void load(int bytes) throws IOException {
        long offset = position - windowAt;
        if (offset < 0 || offset + bytes > window.limit()) {
            window.clear();
            file.read(window, position);
            window.flip();
            windowAt = position;
            offset = 0;
        }
        if (offset + bytes > window.limit()) {
            throw corrupt("begins a batch header that is cut off");
        }
        at = (int) offset;
    }

    private LogCorruptException corrupt(String what) {
        return new LogCorruptException("position " + position + " of " + file.description() + " " + what
                + ": restore the file from a copy or a replica, or delete this replica of the partition");
    }

    /** In the segment, of the current batch. */
    public int position() {
        return position;
    }

    public int sizeInBytes() {
        return size;
    }

    public long baseOffset() {
        return BatchHeader.baseOffset(window, at);
    }

    public long lastOffset() {
        return BatchHeader.lastOffset(window, at);
    }

    public long maxTimestamp() {
        return BatchHeader.maxTimestamp(window, at);
    }

    public int leaderEpoch() {
        return BatchHeader.leaderEpoch(window, at);
    }

    public boolean isControl() {
        return BatchHeader.isControl(window, at);
    }

    public long producerId() {
        return BatchHeader.producerId(window, at);
    }

    /** Of the header, until the next step: with {@link #headerAt} for {@link BatchHeader}. */
    public ByteBuffer header() {
        return window;
    }

    public int headerAt() {
        return at;
    }
}
