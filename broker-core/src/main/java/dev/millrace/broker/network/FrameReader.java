package dev.millrace.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a socket delivers into frames: a size of four bytes, then as many bytes as it says. A frame that arrived in one
 * piece is a slice of what was received; of one that did not its first piece is copied, and the rest is read to where it
 * belongs. Belongs to its connection's loop.
 */
final class FrameReader {

    /**
     * A frame gets memory as its bytes arrive, up to so many times what is there, or as much as the frame before it: a size in
     * front of nothing costs nothing.
     */
    private static final int GROWTH = 4;

    /** And of a large one twice what is there. */
    private static final int LARGE_BYTES_MIN = 1 << 20;

    private static final int FIRST_ALLOCATION_BYTES_MIN = 1 << 10;
    private static final int SPARE_PARTS = 16;

    private final int frameBytesMax;
    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> received = new ArrayDeque<>(2);

    private long bytesReceived;
    private long spare = Long.MAX_VALUE;
    private int size;
    private int sizeBytesRead;
    private int lastSize;
    private @Nullable ByteBuf partial;

    /** The part of {@link #partial} that the next bytes were to be read into. */
    private @Nullable ByteBuf lent;

    FrameReader(int frameBytesMax, ByteBufAllocator allocator) {
        this.frameBytesMax = frameBytesMax;
        this.allocator = allocator;
    }

    /** A frame that is not whole may get a part of this much more than what is there. */
    void spare(long bytes) {
        spare = bytes;
    }

    /**
     * Where the next bytes of the stream are to be read to, which spares copying them. It belongs to the caller, who gives it
     * back to {@link #add}, or releases it when there was nothing to read. Null when any other buffer will do.
     *
     * @param mayGrow whether more memory may be taken for it
     */
    @Nullable
    ByteBuf rest(boolean mayGrow) {
        lent = null;
        if (partial == null || !received.isEmpty()) {
            return null;
        }
        if (!partial.isWritable() && mayGrow) {
            partial.capacity(roomFor(partial.readableBytes()));
        }
        if (partial.isWritable()) {
            lent = partial.retainedSlice(partial.writerIndex(), partial.writableBytes())
                    .clear();
        }
        return lent;
    }

    /** Takes over what was received. */
    @SuppressWarnings("ReferenceEquality") // buffers are equal when their bytes are; this one is asked for its place
    void add(ByteBuf bytes) {
        if (bytes == lent && partial != null) {
            partial.writerIndex(partial.writerIndex() + bytes.readableBytes());
            bytes.release();
        } else if (bytes.isReadable()) {
            received.add(bytes);
            bytesReceived += bytes.capacity();
        } else {
            bytes.release();
        }
        lent = null;
    }

    /**
     * The next whole frame, without its size; the caller releases it. Null when more bytes are needed.
     *
     * @throws InvalidRequestException when the size is none that a request could have
     */
    @Nullable
    ByteBuf next() {
        ByteBuf frame = partial == null ? null : whenWhole(partial);
        while (frame == null && !received.isEmpty()) {
            ByteBuf from = received.element();
            readSize(from);
            if (sizeBytesRead == Integer.BYTES) {
                frame = readBody(from);
            }
            if (!from.isReadable()) {
                ByteBuf read = received.remove();
                bytesReceived -= read.capacity();
                read.release();
            }
        }
        return frame;
    }

    /** Whether a part of a frame is there. */
    boolean isAmidFrame() {
        return sizeBytesRead > 0 || !received.isEmpty();
    }

    /** Memory of what did not become a frame so far. */
    long bytesHeld() {
        return bytesReceived + (partial == null ? 0 : partial.capacity());
    }

    private void readSize(ByteBuf from) {
        while (sizeBytesRead < Integer.BYTES && from.isReadable()) {
            size = size << Byte.SIZE | from.readUnsignedByte();
            sizeBytesRead++;
        }
        // Each time: the connection may be asked once more before it is closed.
        if (sizeBytesRead == Integer.BYTES && (size < 0 || size > frameBytesMax)) {
            throw new InvalidRequestException("a request of " + size + " bytes; there may be " + frameBytesMax
                    + ", by socket.request.max.bytes or by the memory for requests");
        }
    }

    private @Nullable ByteBuf readBody(ByteBuf from) {
        if (partial == null && from.readableBytes() >= size) {
            return done(from.readRetainedSlice(size));
        }
        if (partial == null) {
            partial = allocator.directBuffer(roomFor(from.readableBytes()), size);
        }
        int count = Math.min(from.readableBytes(), size - partial.readableBytes());
        if (count > partial.writableBytes()) {
            partial.capacity(roomFor(partial.readableBytes() + count));
        }
        partial.writeBytes(from, count);
        return whenWhole(partial);
    }

    private @Nullable ByteBuf whenWhole(ByteBuf frame) {
        return frame.readableBytes() == size ? done(frame) : null;
    }

    private int roomFor(int bytes) {
        long small = Math.min((long) bytes * GROWTH, LARGE_BYTES_MIN);
        long likely = Math.max(Math.max(small, bytes * 2L), lastSize);
        long ahead = Math.min(likely - bytes, Math.max(0, spare) / SPARE_PARTS);
        return (int) Math.min(size, Math.max(FIRST_ALLOCATION_BYTES_MIN, bytes + ahead));
    }

    private ByteBuf done(ByteBuf frame) {
        lastSize = size;
        size = 0;
        sizeBytesRead = 0;
        partial = null;
        return frame;
    }

    /** Lets go of everything that did not become a frame. */
    void close() {
        received.forEach(ByteBuf::release);
        received.clear();
        bytesReceived = 0;
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }
}
