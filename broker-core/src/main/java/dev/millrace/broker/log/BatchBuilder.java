package dev.millrace.broker.log;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the record batches that the broker itself writes. Stateless; any thread. Format: message format v2 (KIP-98). */
public final class BatchBuilder {

    private BatchBuilder() {}

    /** A record to write. */
    public record KeyValue(byte @Nullable [] key, byte @Nullable [] value) {}

    /** One uncompressed batch, outside of any transaction, ready for {@link PartitionLog#append}. */
    public static ByteBuffer batch(List<KeyValue> records, long nowMs) {
        throw new UnsupportedOperationException();
    }

    /** One uncompressed batch inside the producer's transaction, without sequence numbers (offset commits). */
    public static ByteBuffer transactionalBatch(
            List<KeyValue> records, long nowMs, long producerId, short producerEpoch) {
        throw new UnsupportedOperationException();
    }

    /** The control batch that ends a transaction. */
    public static ByteBuffer endTransactionMarker(
            long nowMs, long producerId, short producerEpoch, int coordinatorEpoch, boolean committed) {
        throw new UnsupportedOperationException();
    }
}
