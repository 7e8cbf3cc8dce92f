package dev.millrace.broker.log.batch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who writes in a transaction, as the header of a batch says.
 *
 * @param baseSequence of the batch; -1 in those of coordinators
 */
public record TransactionalBatch(long producerId, short producerEpoch, int baseSequence) {

    /** Of the first batch. Null when it is in no transaction, or too short to be a batch: then the log refuses it. */
    public static @Nullable TransactionalBatch of(ByteBuffer batches) {
        return of(batches, batches.position());
    }

    /** Of every batch that is in a transaction. */
    public static List<TransactionalBatch> allOf(ByteBuffer batches) {
        List<TransactionalBatch> all = new ArrayList<>(1);
        int at = batches.position();
        while (batches.limit() - at >= BatchHeader.RECORDS_AT) {
            TransactionalBatch batch = of(batches, at);
            if (batch != null) {
                all.add(batch);
            }
            int size = BatchHeader.sizeInBytes(batches, at);
            if (size < BatchHeader.RECORDS_AT) {
                break;
            }
            at += size;
        }
        return all;
    }

    private static @Nullable TransactionalBatch of(ByteBuffer batches, int at) {
        if (batches.limit() - at < BatchHeader.RECORDS_AT
                || BatchHeader.magic(batches, at) != BatchHeader.MAGIC
                || !BatchHeader.isTransactional(batches, at)) {
            return null;
        }
        return new TransactionalBatch(
                BatchHeader.producerId(batches, at),
                BatchHeader.producerEpoch(batches, at),
                BatchHeader.baseSequence(batches, at));
    }
}
