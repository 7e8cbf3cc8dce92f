package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.batch.BatchReads;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads one segment after the other to its end, batch by batch. In steps, outside of which it holds no segment; for one thread. */
public final class SegmentSteps {
    private final int bufferBytes;
    private final Reader reader;
    private @Nullable BatchReads reads;

    /** Whom the batches are for. */
    public interface Reader {

        /**
         * @param last whether it is the segment's last
         * @return whether another may follow in this step
         */
        boolean onBatch(ByteBuffer batch, boolean last) throws IOException;

        /** The next step is to be in another segment. */
        void onSegmentEnd();
    }

    public SegmentSteps(int bufferBytes, Reader reader) {
        this.bufferBytes = bufferBytes;
        this.reader = reader;
    }

    /** Reads on in the segment, about {@code bytesMax}; returns how many bytes it has read. */
    public long step(Segment segment, long bytesMax) throws IOException {
        if (segment.sizeInBytes() == 0) {
            reader.onSegmentEnd();
            return 0;
        }
        SegmentFiles open = segment.retain();
        try {
            BatchReads batches = reads;
            if (batches == null) {
                batches = new BatchReads(bufferBytes, open.log(), 0, segment.sizeInBytes());
                reads = batches;
            }
            int begun = batches.position();
            boolean more = true;
            while (more && batches.position() - begun < bytesMax) {
                ByteBuffer batch = batches.next();
                if (batch == null) {
                    reads = null;
                    reader.onSegmentEnd();
                    break;
                }
                more = reader.onBatch(batch, batches.isAtEnd());
            }
            return (long) batches.position() - begun;
        } finally {
            open.release();
        }
    }
}
