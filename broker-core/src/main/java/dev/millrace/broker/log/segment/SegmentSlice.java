package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.disk.DiskFile;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.network.TransferableChannel;
import org.apache.kafka.common.record.internal.RecordsSend;
import org.jspecify.annotations.Nullable;

/** A part of a segment file that is guarded against deletion and truncation until it is closed. */
public final class SegmentSlice implements LogSlice {
    private final @Nullable SegmentFiles files;
    private final int position;
    private final int sizeInBytes;
    private final long nextOffset;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes over a reference to the files. */
    SegmentSlice(SegmentFiles files, int position, int sizeInBytes, long nextOffset) {
        this.files = files;
        this.position = position;
        this.sizeInBytes = sizeInBytes;
        this.nextOffset = nextOffset;
    }

    private SegmentSlice(long nextOffset) {
        this.files = null;
        this.position = 0;
        this.sizeInBytes = 0;
        this.nextOffset = nextOffset;
    }

    public static SegmentSlice empty(long offset) {
        return new SegmentSlice(offset);
    }

    @Override
    public int sizeInBytes() {
        return sizeInBytes;
    }

    @Override
    public long nextOffset() {
        return nextOffset;
    }

    /** Null when the slice is empty. */
    public @Nullable DiskFile file() {
        return files == null ? null : files.log();
    }

    /** Of the first byte of the slice, in its file. */
    public long filePosition() {
        return position;
    }

    @Override
    public long transferTo(WritableByteChannel target, long from) throws IOException {
        if (closed.get()) {
            throw new IllegalStateException("the slice has been released");
        }
        if (files == null || from >= sizeInBytes) {
            return 0;
        }
        return files.log().transferTo(position + from, sizeInBytes - from, target);
    }

    @Override
    public RecordsSend<SegmentSlice> toSend() {
        return new SliceSend(this);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true) && files != null) {
            files.release();
        }
    }

    private static final class SliceSend extends RecordsSend<SegmentSlice> {
        SliceSend(SegmentSlice slice) {
            super(slice, slice.sizeInBytes());
        }

        @Override
        protected int writeTo(TransferableChannel channel, int previouslyWritten, int remaining) throws IOException {
            return (int) records().transferTo(channel, previouslyWritten);
        }
    }
}
