package dev.millrace.broker.log;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoded batch.
 *
 * @param producerId -1 without one
 * @param transactional the records count only once the producer's transaction is committed
 * @param marker for a control batch, which has no records: how the producer's transaction ended; null otherwise
 */
public record ReplayedBatch(
        long baseOffset,
        long lastOffset,
        long producerId,
        short producerEpoch,
        boolean transactional,
        @Nullable Marker marker,
        List<KeyValue> records) {

    /** How a transaction ended. */
    public enum Marker {
        COMMIT,
        ABORT
    }

    /** A record; the buffers are valid as long as the batch is. */
    public record KeyValue(
            long offset,
            long timestampMs,
            @Nullable ByteBuffer key,
            @Nullable ByteBuffer value) {}
}
