package dev.millrace.broker.partition;

import dev.millrace.broker.log.AbortedTransaction;
import dev.millrace.broker.log.epoch.EpochEndOffset;
import dev.millrace.broker.log.segment.LogSlice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a read of a partition found.
 *
 * @param records to be released by whoever gets them; null when the reader's history has diverged
 * @param readableEnd the offset up to which this reader may read; more to read means that it has moved
 * @param abortedTransactions for read_committed, those in the range of the records; null otherwise
 * @param diverging where the reader's history parts from the leader's; null when it does not
 */
public record FetchedRecords(
        @Nullable LogSlice records,
        long readableEnd,
        long highWatermark,
        long lastStableOffset,
        long logStartOffset,
        @Nullable List<AbortedTransaction> abortedTransactions,
        @Nullable EpochEndOffset diverging) {

    /** Bytes of records. */
    public int sizeInBytes() {
        return records == null ? 0 : records.sizeInBytes();
    }

    public void release() {
        if (records != null) {
            records.close();
        }
    }
}
