package dev.millrace.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a socket delivers into frames: a size of four bytes, then as many bytes as it says. A frame that arrived in one
 * piece is a slice of what was received; one that did not is copied once. Belongs to its connection's loop.
 */
final class FrameReader {

    /** A frame gets memory as its bytes arrive, up to so many times what is there: a size in front of nothing costs nothing. */
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
    private @Nullable ByteBuf partial;

    FrameReader(int frameBytesMax, ByteBufAllocator allocator) {
        this.frameBytesMax = frameBytesMax;
        this.allocator = allocator;
    }

    /** A frame that is not whole may get a part of this much more than what is there. */
    void spare(long bytes) {
        spare = bytes;
    }

    /** Takes over what was received. */
    void add(ByteBuf bytes) {
        if (bytes.isReadable()) {
            received.add(bytes);
            bytesReceived += bytes.capacity();
        } else {
            bytes.release();
        }
    }

    /**
     * The next whole frame, without its size; the caller releases it. Null when more bytes are needed.
     *
     * @throws InvalidRequestException when the size is none that a request could have
     */
    @Nullable
    ByteBuf next() {
        ByteBuf frame = null;
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
        return partial.readableBytes() == size ? done(partial) : null;
    }

    private int roomFor(int bytes) {
        long small = Math.min((long) bytes * GROWTH, LARGE_BYTES_MIN);
        long ahead = Math.min(Math.max(small, bytes * 2L) - bytes, Math.max(0, spare) / SPARE_PARTS);
        return (int) Math.min(size, Math.max(FIRST_ALLOCATION_BYTES_MIN, bytes + ahead));
    }

    private ByteBuf done(ByteBuf frame) {
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
