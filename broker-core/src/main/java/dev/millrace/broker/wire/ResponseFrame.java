package dev.millrace.broker.wire;

import dev.millrace.broker.log.segment.LogSlice;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * An encoded response: pieces to be sent one after the other. Whoever holds it sends every piece or releases them all.
 *
 * @param sizeInBytes of all pieces together, the size in front included
 * @param bytesInMemory of them, what is not in a file
 */
public record ResponseFrame(List<Piece> pieces, int sizeInBytes, int bytesInMemory) {

    /** What is sent in one go. */
    public sealed interface Piece {
        void release();
    }

    /** Bytes in memory. */
    public record Bytes(ByteBuf buffer) implements Piece {
        @Override
        public void release() {
            buffer.release();
        }
    }

    /** Record batches that are still in their file. */
    public record Slice(LogSlice slice) implements Piece {
        @Override
        public void release() {
            slice.close();
        }
    }

    public void release() {
        pieces.forEach(Piece::release);
    }
}
