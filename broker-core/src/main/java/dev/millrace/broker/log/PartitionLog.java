package dev.millrace.broker.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The records of one partition on one disk: a sequence of segments, each with its indexes, and the state of the producers
 * that wrote them. One loop writes ({@link #append}, {@link #truncateTo}, {@link #close}…); any thread may read below the
 * published end.
 */
public final class PartitionLog implements AutoCloseable {

    private PartitionLog() {}

    /**
     * Opens the log in {@code directory} of the disk, creating it when it is not there, and recovers it when it was not
     * closed cleanly: a torn tail is cut off, indexes and producer states are rebuilt.
     *
     * @throws IOException when the directory can't be read or holds what no recovery can mend; names the file
     */
    public static PartitionLog open(Disk disk, String directory, LogConfig config, long nowMs) throws IOException {
        throw new UnsupportedOperationException();
    }

    public LogConfig config() {
        throw new UnsupportedOperationException();
    }

    /** Takes effect from the next append on. */
    public void configure(LogConfig config) {
        throw new UnsupportedOperationException();
    }

    /**
     * Appends the batches of one produce request or coordinator write: validates headers and checksums, checks producer
     * epoch and sequence, stamps base offsets and leader epoch in place. A retried batch that is already in the log is not
     * appended again: the result then names its first offset and {@link AppendResult#duplicate} is true.
     *
     * @param batches whole record batches, position to limit; its bytes are written to
     * @throws org.apache.kafka.common.errors.ApiException when the batches are refused, one of the protocol's errors:
     *     CORRUPT_MESSAGE, INVALID_RECORD, RECORD_TOO_LARGE, INVALID_TIMESTAMP, UNSUPPORTED_FOR_MESSAGE_FORMAT,
     *     OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, UNKNOWN_PRODUCER_ID…; nothing was appended
     * @throws IOException when the disk failed; the log must be closed and opened again
     */
    public AppendResult append(ByteBuffer batches, AppendOrigin origin, int leaderEpoch, long nowMs)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Whole batches from the one that holds {@code offset} on, up to {@code maxBytes} and below {@code endOffset}; the first
     * batch is there even when it is larger, if {@code atLeastOneBatch}. Callable from any thread. The slice keeps its
     * segment from being deleted until it is released.
     *
     * @param endOffset exclusive: log end, high watermark or last stable offset, by who reads
     * @throws org.apache.kafka.common.errors.OffsetOutOfRangeException below the log start or above the log end
     */
    public LogSlice read(long offset, int maxBytes, long endOffset, boolean atLeastOneBatch) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Every transaction aborted in [from, to): what a read_committed fetch of that range must tell. Any thread. */
    public List<AbortedTransaction> abortedTransactions(long fromOffset, long toOffset) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The offset of the oldest record that is kept. Any thread. */
    public long logStartOffset() {
        throw new UnsupportedOperationException();
    }

    /** The offset of the next record. Any thread. */
    public long logEndOffset() {
        throw new UnsupportedOperationException();
    }

    /**
     * The first offset that a read_committed reader may not see: of the earliest transaction that is open, or whose end
     * marker is not below the high watermark; the high watermark when there is none. Any thread.
     */
    public long lastStableOffset(long highWatermark) {
        throw new UnsupportedOperationException();
    }

    /** Lets go of transactions whose end markers are now below the high watermark. */
    public void onHighWatermark(long highWatermark) {
        throw new UnsupportedOperationException();
    }

    /** The first record at or after {@code timestampMs}. Empty when there is none. Any thread. */
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The record with the largest timestamp, the first of equal ones. Empty when the log is. Any thread. */
    public Optional<TimestampOffset> offsetOfMaxTimestamp() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The epoch of the last record. Empty when no epoch was ever recorded. Any thread. */
    public OptionalInt latestEpoch() {
        throw new UnsupportedOperationException();
    }

    /** The largest epoch that is not above {@code leaderEpoch}, and where it ends (KIP-101, KIP-279). Any thread. */
    public Optional<EpochEndOffset> endOffsetForEpoch(int leaderEpoch) {
        throw new UnsupportedOperationException();
    }

    /** The epoch of the record at {@code offset}. Any thread. */
    public OptionalInt epochForOffset(long offset) {
        throw new UnsupportedOperationException();
    }

    /** Removes everything from {@code offset} on. */
    public void truncateTo(long offset) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** DeleteRecords: nothing below {@code offset} is served any more; whole segments below it go away. */
    public void advanceLogStart(long offset) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Deletes segments by retention.ms and retention.bytes. Returns how many. */
    public int deleteExpired(long highWatermark, long nowMs) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The bytes on disk of all segments, without indexes. Any thread. */
    public long sizeInBytes() {
        throw new UnsupportedOperationException();
    }

    /**
     * Decodes every batch from {@code fromOffset} up to the log end and hands it over, for a coordinator that loads its
     * shard. Any thread.
     */
    public void replay(long fromOffset, Consumer<ReplayedBatch> consumer) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Forces everything below the current end to the disk. For the disk pool: any thread. */
    public void flush() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The producers with an open transaction or a known sequence, for DescribeProducers. Loop only. */
    public List<ProducerStatus> activeProducers() {
        throw new UnsupportedOperationException();
    }

    /** The first offset of this producer's open transaction. Loop only. */
    public OptionalLong openTransaction(long producerId) {
        throw new UnsupportedOperationException();
    }

    /** Flushes, writes the producer snapshot, marks the shutdown as clean. */
    @Override
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }
}
