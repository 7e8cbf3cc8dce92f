package dev.millrace.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * How much one read may take from a socket. A connection that waits for its socket can't be told to wait for memory instead,
 * and there may be thousands of them: while memory is scarce each takes this little, once.
 */
final class FrugalReads implements RecvByteBufAllocator {

    private static final int FRUGAL_BYTES = 512;

    private final RequestMemory memory;
    private final RecvByteBufAllocator otherwise = new AdaptiveRecvByteBufAllocator();

    FrugalReads(RequestMemory memory) {
        this.memory = memory;
    }

    @Override
    @SuppressWarnings("deprecation") // to be called by Netty alone, of which this is a part
    public Handle newHandle() {
        return new DelegatingHandle(otherwise.newHandle()) {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return memory.isScarce() ? allocator.ioBuffer(FRUGAL_BYTES) : super.allocate(allocator);
            }

            @Override
            public boolean continueReading() {
                return !memory.isScarce() && super.continueReading();
            }
        };
    }
}
