package dev.millrace.broker.log.compaction;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.producer.LastRecord;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What of a batch survives a cleaning. Offsets stay what they are, a batch keeps its first and last offset and sequence even
 * when it loses records; and some batches stay without any record:
 *
 * <ul>
 *   <li>the latest of each producer that is active, or its next batch would seem out of sequence after a recovery;
 *   <li>the last of each new segment, so that segments adjoin, by which recovery knows that none is missing.
 * </ul>
 *
 * <p>The first cleaning that meets a tombstone, or a marker of a transaction that has no batches any more, only writes down
 * when it may go (KIP-534). For one thread.
 */
public final class CleaningFilter {
    private final OffsetMap map;
    private final long mappedEnd;
    private final CleanedTransactions transactions;
    private final Map<Long, LastRecord> lastRecords;
    private final Rules rules;
    private final BufferSupplier decompressionBuffers = BufferSupplier.create();

    private ByteBuffer output;
    private @Nullable ByteBuffer batch;
    private boolean lastOfSegment;
    private boolean dropsRecords;

    /**
     * @param mappedEnd records at and after it stay
     * @param lastRecords of the active producers, by producer id
     * @param nowMs when the cleaning began
     */
    public CleaningFilter(
            OffsetMap map,
            long mappedEnd,
            CleanedTransactions transactions,
            Map<Long, LastRecord> lastRecords,
            long nowMs,
            long deleteRetentionMs,
            int bufferBytes) {
        this.map = map;
        this.mappedEnd = mappedEnd;
        this.transactions = transactions;
        this.lastRecords = lastRecords;
        this.rules = new Rules(nowMs, deleteRetentionMs);
        this.output = ByteBuffer.allocate(Math.max(BatchHeader.RECORDS_AT, bufferBytes));
    }

    /**
     * What is left of the batch at 0 of the buffer: a batch, or nothing at all. Valid until the next call.
     *
     * @param last whether it is the last batch of the new segment
     */
    ByteBuffer filter(ByteBuffer original, boolean last) {
        batch = original;
        lastOfSegment = last;
        output.clear();
        MemoryRecords.FilterResult result =
                MemoryRecords.readableRecords(original).filterTo(rules, output, decompressionBuffers);
        output = result.outputBuffer();
        return output.duplicate().flip();
    }

    public void close() {
        decompressionBuffers.close();
    }

    private final class Rules extends MemoryRecords.RecordFilter {
        Rules(long nowMs, long deleteRetentionMs) {
            super(nowMs, deleteRetentionMs);
        }

        @Override
        protected BatchRetentionResult checkBatchRetention(RecordBatch header) {
            ByteBuffer current = Objects.requireNonNull(batch);
            boolean control = header.isControlBatch();
            boolean obsolete = control ? transactions.endsNothing(current) : transactions.isAborted(current);
            dropsRecords = obsolete && (!control || isPastHorizon(header));
            LastRecord lastRecord = header.hasProducerId() ? lastRecords.get(header.producerId()) : null;
            BatchRetention retention;
            if (lastOfSegment || (lastRecord != null && lastRecord.isIn(current))) {
                retention = BatchRetention.RETAIN_EMPTY;
            } else {
                retention = dropsRecords ? BatchRetention.DELETE : BatchRetention.DELETE_EMPTY;
            }
            return new BatchRetentionResult(retention, obsolete && control);
        }

        private boolean isPastHorizon(RecordBatch header) {
            return header.deleteHorizonMs().isPresent()
                    && header.deleteHorizonMs().getAsLong() <= currentTime;
        }

        @Override
        protected boolean shouldRetainRecord(RecordBatch header, Record record) {
            if (dropsRecords) {
                return false;
            }
            if (header.isControlBatch() || record.offset() >= mappedEnd) {
                return true;
            }
            // A record without a key was written before the topic was compacted: nothing could ever replace it.
            return record.hasKey()
                    && record.offset() >= map.get(record.key())
                    && (record.hasValue() || !isPastHorizon(header));
        }
    }
}
