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

    /**
     * What is allocated on a frame's word alone. A larger frame gets more memory as its bytes arrive, so that a size in
     * front of nothing costs nothing.
     */
    private static final int FIRST_ALLOCATION_BYTES_MAX = 1 << 20;

    private final int frameBytesMax;
    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> received = new ArrayDeque<>(2);

    private int size;
    private int sizeBytesRead;
    private @Nullable ByteBuf partial;

    FrameReader(int frameBytesMax, ByteBufAllocator allocator) {
        this.frameBytesMax = frameBytesMax;
        this.allocator = allocator;
    }

    /** Takes over what was received. */
    void add(ByteBuf bytes) {
        if (bytes.isReadable()) {
            received.add(bytes);
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
                received.remove().release();
            }
        }
        return frame;
    }

    private void readSize(ByteBuf from) {
        while (sizeBytesRead < Integer.BYTES && from.isReadable()) {
            size = size << Byte.SIZE | from.readUnsignedByte();
            sizeBytesRead++;
        }
        // Each time: the connection may be asked once more before it is closed.
        if (sizeBytesRead == Integer.BYTES && (size < 0 || size > frameBytesMax)) {
            throw new InvalidRequestException(
                    "a request of " + size + " bytes; socket.request.max.bytes is " + frameBytesMax);
        }
    }

    private @Nullable ByteBuf readBody(ByteBuf from) {
        if (partial == null && from.readableBytes() >= size) {
            return done(from.readRetainedSlice(size));
        }
        if (partial == null) {
            partial = allocator.directBuffer(Math.min(size, FIRST_ALLOCATION_BYTES_MAX), size);
        }
        partial.writeBytes(from, Math.min(from.readableBytes(), size - partial.readableBytes()));
        return partial.readableBytes() == size ? done(partial) : null;
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
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }
}
