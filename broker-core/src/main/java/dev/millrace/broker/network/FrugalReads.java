package dev.millrace.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * Where one read from a socket goes, and how much it may take. What belongs to a frame that has begun is read to where that
 * frame is. A connection that waits for its socket can't be told to wait for memory instead, and there may be thousands of
 * them: while memory is scarce each takes this little, once.
 */
final class FrugalReads implements RecvByteBufAllocator {

    private static final int FRUGAL_BYTES = 512;

    private final RequestMemory memory;
    private final FrameReader frames;
    private final RecvByteBufAllocator otherwise = new AdaptiveRecvByteBufAllocator();

    /** @param frames those of the one connection that reads so, with nothing in between that changes the bytes */
    FrugalReads(RequestMemory memory, FrameReader frames) {
        this.memory = memory;
        this.frames = frames;
    }

    @Override
    @SuppressWarnings("deprecation") // to be called by Netty alone, of which this is a part
    public Handle newHandle() {
        return new DelegatingHandle(otherwise.newHandle()) {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return NoMemoryException.allocating(() -> {
                    boolean scarce = memory.isScarce();
                    ByteBuf rest = frames.rest(!scarce);
                    if (rest != null) {
                        return rest;
                    }
                    return scarce ? allocator.ioBuffer(FRUGAL_BYTES) : super.allocate(allocator);
                });
            }

            @Override
            public boolean continueReading() {
                return !memory.isScarce() && super.continueReading();
            }
        };
    }
}
