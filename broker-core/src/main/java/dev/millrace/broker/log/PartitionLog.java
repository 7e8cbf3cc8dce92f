package dev.millrace.broker.log;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.RecordErrors;
import dev.millrace.broker.log.compaction.CleanerCheckpoint;
import dev.millrace.broker.log.compaction.DirtyRange;
import dev.millrace.broker.log.config.CleaningLimits;
import dev.millrace.broker.log.config.Damage;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.epoch.EpochEndOffset;
import dev.millrace.broker.log.producer.ProducerState;
import dev.millrace.broker.log.producer.ProducerStatus;
import dev.millrace.broker.log.recovery.LogOpening;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The records of one partition on one disk: a sequence of segments, each with its indexes, and the state of the producers
 * that wrote them. One loop writes ({@link #append}, {@link #truncateTo}, {@link #close}…); any thread may read below the
 * published end.
 *
 * <p>What can be done to a log is told here, and done by a class for each kind of work, on the {@link LogState} that they
 * share.
 */
public final class PartitionLog implements AutoCloseable {
    private final LogState state;
    private final RecoveryPoint recoveryPoint;
    private final LogAppends appends;
    private final LogReads reads;
    private final LogTruncation truncation;
    private final LogTrimming trimming;
    private final CleanedLog cleaned;
    private final LogClosing closing;

    private PartitionLog(LogState state, LogOpening opening, long cleanedTo) {
        this.state = state;
        this.recoveryPoint = new RecoveryPoint(state, opening);
        this.appends = new LogAppends(state);
        this.reads = new LogReads(state);
        this.cleaned = new CleanedLog(state, recoveryPoint, cleanedTo);
        this.truncation = new LogTruncation(state, recoveryPoint, cleaned);
        this.trimming = new LogTrimming(state, recoveryPoint, appends);
        this.closing = new LogClosing(state, recoveryPoint);
    }

    /**
     * Opens the log in {@code directory} of the disk, creating it when it is not there, and recovers it when it was not
     * closed cleanly: a torn tail is cut off, indexes and producer states are rebuilt.
     *
     * @throws IOException when the directory can't be read or holds what no recovery can mend; names the file
     */
    public static PartitionLog open(Disk disk, String directory, LogConfig config, long nowMs) throws IOException {
        return open(disk, directory, config, nowMs, Damage.CUT_OFF);
    }

    /** As {@link #open(Disk, String, LogConfig, long)}, for a log that would rather not be opened than be cut off. */
    public static PartitionLog open(Disk disk, String directory, LogConfig config, long nowMs, Damage damage)
            throws IOException {
        LogOpening opening = new LogOpening(disk, directory, config, damage);
        Segments segments = opening.open();
        long cleanedTo = config.compact() ? CleanerCheckpoint.read(disk, directory) : CleanerCheckpoint.NONE;
        return new PartitionLog(new LogState(disk, directory, config, opening, segments, nowMs), opening, cleanedTo);
    }

    public LogConfig config() {
        return state.config;
    }

    /** Takes effect from the next append on. */
    public void configure(LogConfig config) {
        state.config = config;
    }

    Segments segments() {
        return state.segments;
    }

    // ---- Append

    /**
     * Appends the batches of one produce request or coordinator write: validates headers and checksums, checks producer
     * epoch and sequence, stamps base offsets and leader epoch in place. A retried batch that is already in the log is not
     * appended again: the result then names its first offset and {@link AppendResult#duplicate} is true.
     *
     * <p>A follower's batches ({@link AppendOrigin#REPLICATION}) keep their offsets and epochs, which may leave gaps but must
     * not go back.
     *
     * @param batches whole record batches, position to limit; its bytes are written to; position and limit stay
     * @throws org.apache.kafka.common.errors.ApiException when the batches are refused, one of the protocol's errors:
     *     CORRUPT_MESSAGE, INVALID_RECORD, RECORD_TOO_LARGE, INVALID_TIMESTAMP, UNSUPPORTED_FOR_MESSAGE_FORMAT,
     *     OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, UNKNOWN_PRODUCER_ID…; nothing was appended. Where single
     *     records are the reason it is a {@link RecordErrors} too
     * @throws DiskFullException when there is no room; nothing was appended, and a later append may work
     * @throws IOException when the disk failed; the log takes no more appends and must be closed and opened again
     */
    public AppendResult append(ByteBuffer batches, AppendOrigin origin, int leaderEpoch, long nowMs)
            throws IOException {
        return appends.append(batches, origin, leaderEpoch, nowMs);
    }

    // ---- Read

    /**
     * Whole batches from the one that holds {@code offset} on, up to {@code maxBytes} and below {@code endOffset}; the first
     * batch is there even when it is larger, if {@code atLeastOneBatch}. Callable from any thread. The slice keeps its
     * segment from being deleted until it is released.
     *
     * @param endOffset exclusive: log end, high watermark or last stable offset, by who reads
     * @throws org.apache.kafka.common.errors.OffsetOutOfRangeException below the log start or above the log end
     */
    public LogSlice read(long offset, int maxBytes, long endOffset, boolean atLeastOneBatch) throws IOException {
        return reads.read(offset, maxBytes, endOffset, atLeastOneBatch);
    }

    /** Every transaction aborted in [from, to): what a read_committed fetch of that range must tell. Any thread. */
    public List<AbortedTransaction> abortedTransactions(long fromOffset, long toOffset) throws IOException {
        return reads.abortedTransactions(fromOffset, toOffset);
    }

    /** The offset of the oldest record that is kept. Any thread. */
    public long logStartOffset() {
        return state.logStartOffset;
    }

    /** The offset of the next record. Any thread. */
    public long logEndOffset() {
        return state.logEndOffset;
    }

    /**
     * The first offset that a read_committed reader may not see: of the earliest transaction that is open, or whose end
     * marker is not below the high watermark; the high watermark when there is none. Any thread.
     */
    public long lastStableOffset(long highWatermark) {
        return Math.min(highWatermark, Math.max(state.logStartOffset, state.producers.firstUnstableOffset()));
    }

    /** Lets go of transactions whose end markers are now below the high watermark. */
    public void onHighWatermark(long highWatermark) {
        state.producers.onHighWatermark(highWatermark);
    }

    /** The first record at or after {@code timestampMs}. Empty when there is none. Any thread. */
    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) throws IOException {
        return reads.search(search -> search.firstAtOrAfter(timestampMs));
    }

    /** The record with the largest timestamp, the first of equal ones. Empty when the log is. Any thread. */
    public Optional<TimestampOffset> offsetOfMaxTimestamp() throws IOException {
        return reads.search(TimestampSearch::largest);
    }

    /** Everything below is known to be on disk. Any thread. */
    public long forcedEnd() {
        return recoveryPoint.offset();
    }

    /** Where the segment begins that takes the appends. Any thread. */
    public long activeBaseOffset() {
        return state.segments.active().baseOffset();
    }

    /** The epoch of the last record. Empty when no epoch was ever recorded. Any thread. */
    public OptionalInt latestEpoch() {
        return state.epochs.latest();
    }

    /** The largest epoch that is not above {@code leaderEpoch}, and where it ends (KIP-101, KIP-279). Any thread. */
    public Optional<EpochEndOffset> endOffsetForEpoch(int leaderEpoch) {
        return state.epochs.endOffset(leaderEpoch, state.logEndOffset);
    }

    /** The epoch of the record at {@code offset}. Any thread. */
    public OptionalInt epochForOffset(long offset) {
        return state.epochs.epochAt(offset);
    }

    /** The bytes on disk of all segments, without indexes. Any thread. */
    public long sizeInBytes() {
        return state.segments.bytesFrom(0);
    }

    /**
     * Decodes every batch from {@code fromOffset} up to the log end and hands it over, for a coordinator that loads its
     * shard. Any thread.
     */
    public void replay(long fromOffset, Consumer<ReplayedBatch> consumer) throws IOException {
        reads.replay(fromOffset, consumer);
    }

    // ---- Cutting off at either end

    /**
     * Removes everything from {@code offset} on, and the whole batch when the offset is inside of one, or the gap before it.
     * For a follower whose leader has other records there. An offset before the log start leaves an empty log that begins
     * there.
     */
    public void truncateTo(long offset) throws IOException {
        truncation.truncateTo(offset);
    }

    /** Removes everything and goes on at {@code offset}: a follower whose leader does not have what it has any more. */
    public void restartAt(long offset) throws IOException {
        truncation.restartAt(offset);
    }

    /**
     * DeleteRecords: nothing below {@code offset} is served any more; whole segments below it go away. The caller has made
     * sure that it is not above the high watermark. Durable on return.
     */
    public void advanceLogStart(long offset) throws IOException {
        trimming.advanceLogStart(offset);
    }

    /**
     * Deletes segments by retention.ms and retention.bytes, only whole ones, only below the high watermark, and only when
     * cleanup.policy has delete; those below the log start in any case. Returns how many.
     */
    public int deleteExpired(long highWatermark, long nowMs) throws IOException {
        return trimming.deleteExpired(highWatermark, nowMs);
    }

    /**
     * Deletes the files of segments that went file.delete.delay.ms ago, counted from the first call after they went. For the
     * disk pool: any thread.
     *
     * @return when to call again; Long.MAX_VALUE when nothing is left to delete
     */
    public long deleteRetiredFiles(long nowMs) throws IOException {
        return state.retiredFiles.deleteDue(nowMs, state.config.fileDeleteDelayMs());
    }

    // ---- Cleaning

    /** What a cleaning would have to do. Looks into indexes: for the disk pool; any thread. */
    public DirtyRange dirtyRange(long highWatermark, long nowMs) throws IOException {
        return cleaned.dirtyRange(lastStableOffset(highWatermark), nowMs);
    }

    /** Begins to clean, on the loop; the rest is done elsewhere, and by one at a time. */
    public LogCleaning clean(DirtyRange range, CleaningLimits limits, long nowMs) throws IOException {
        return cleaned.begin(range, limits, nowMs);
    }

    /** Up to where the log was cleaned; -1 when it never was. Any thread. */
    long cleanedTo() {
        return cleaned.cleanedTo();
    }

    /** The log is, or will be, the copy of one that was cleaned so far. */
    void inheritCleaning(long cleanedTo) throws IOException {
        cleaned.inherit(cleanedTo);
    }

    // ---- Durability

    /**
     * Forces everything below the current end to the disk. For the disk pool: any thread. A failure is final: the log takes
     * no more appends, for what the kernel dropped cannot be forced again.
     */
    public void flush() throws IOException {
        recoveryPoint.flush();
    }

    /**
     * The directory has got the name of another one. Before that name is on the disk too, which it is with the next flush, no
     * more counts as forced than in the other one.
     */
    public void onRenamed(long forcedEnd) {
        recoveryPoint.onRenamed(forcedEnd);
    }

    /** Where the log is, as the operator knows it. */
    public String description() {
        return state.disk.describe(state.directory);
    }

    // ---- Producers

    /** The producers with an open transaction or a known sequence, for DescribeProducers. Loop only. */
    public List<ProducerStatus> activeProducers() {
        return state.producers.statuses();
    }

    /** Whether this producer has an open transaction that it began with this epoch. Loop only. */
    public boolean isInTransaction(long producerId, short producerEpoch) {
        return state.producers.isInTransaction(producerId, producerEpoch);
    }

    /** Whether there is anything to hold this producer's sequence numbers against. Loop only. */
    public boolean knowsProducer(long producerId) {
        return state.producers.isKnown(producerId);
    }

    /** Whether the sequence number is none that this producer could go on with in this epoch: it has come to it. Loop only. */
    public boolean hasSequence(long producerId, short producerEpoch, int sequence) {
        return state.producers.hasSequence(producerId, producerEpoch, sequence);
    }

    /** The first offset of this producer's open transaction. Loop only. */
    public OptionalLong openTransaction(long producerId) {
        long start = state.producers.openTransaction(producerId);
        return start == ProducerState.NOT_IN_TRANSACTION ? OptionalLong.empty() : OptionalLong.of(start);
    }

    // ---- The end

    /**
     * Flushes, writes the producer snapshot, marks the shutdown as clean. After a failure of the disk it only lets go of the
     * files, and the next start recovers. Idempotent.
     */
    @Override
    public void close() throws IOException {
        closing.close();
    }

    /** Lets go of the files and writes nothing: their disk has failed. The next start recovers. Idempotent. */
    public void abandon() {
        closing.abandon();
    }

    /**
     * Closes the log for good and takes its directory away: the name is free on return, the files go when {@code remover}
     * comes to it. Slices that are being sent keep their file until they are released. What a crash leaves has a name that
     * ends with {@code -delete}.
     */
    public void delete(Executor remover) throws IOException {
        closing.delete(remover);
    }
}
