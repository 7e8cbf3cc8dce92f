package dev.millrace.broker.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of one partition on one disk: a sequence of segments, each with its indexes, and the state of the producers
 * that wrote them. One loop writes ({@link #append}, {@link #truncateTo}, {@link #close}…); any thread may read below the
 * published end.
 *
 * <p>It is one class because every one of its operations must leave segments, producer states, epochs, log start and
 * recovery point in step; what each of them is lives in a class of its own.
 */
public final class PartitionLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLog.class);

    /** So much may have to be checked after a crash, beyond what was never forced: checkpoints are not free. */
    private static final long CHECKPOINT_INTERVAL_BYTES = 64L << 20;

    private static final long CHECKPOINT_ON_CLOSE_BYTES = 1L << 20;

    private static final long PRODUCER_EXPIRY_INTERVAL_MS = 600_000;

    private final Disk disk;
    private final String directory;
    private final ProducerStates producers;
    private final ProducerSnapshots snapshots;
    private final LeaderEpochs epochs;
    private final LogReads reads = new LogReads(this);
    private final RetiredFiles retiredFiles;

    private volatile LogConfig config;
    private volatile Segments segments;
    private volatile long logStartOffset;
    private volatile long logEndOffset;
    private volatile @Nullable IOException failure;
    private volatile boolean closed;

    /** Up to where a cleaning has come; {@link CleanerCheckpoint#NONE} when none ever has. */
    private volatile long cleanedTo;

    /** Since the log was opened. */
    private volatile long appendedBytes;

    // The loop's own.
    private boolean marked;
    private long producersExpireAtMs;

    /**
     * Held by whoever removes or replaces segments that are not appended to, the loop or a cleaning, from the first file to
     * the last: in between, names on the disk and segments do not agree. A cleaning takes it for a few renames and syncs.
     */
    private final ReentrantLock sealedLock = new ReentrantLock();

    /** Guards every change of the list of segments, which is made from the one before; never held during I/O. */
    private final Object segmentsLock = new Object();

    /** How many segment files were made since the log was opened. */
    private volatile int filesMade;

    /** One flush at a time. Guards the field below. */
    private final Object flushLock = new Object();

    private int filesSynced;

    /**
     * Guards the fields below and the checkpoint file, for the loop and the disk pool meet here. Never held while segments
     * are forced, so that the loop waits for a few bytes at most.
     */
    private final Object recoveryLock = new Object();

    private long recoveryPoint;
    private long truncations;
    private Checkpoint checkpoint;
    private long appendedBytesAtCheckpoint;
    private boolean parentSynced;

    private PartitionLog(
            Disk disk,
            String directory,
            LogConfig config,
            LogOpening opening,
            Segments segments,
            long cleanedTo,
            long nowMs) {
        this.disk = disk;
        this.directory = directory;
        this.config = config;
        this.segments = segments;
        this.producers = opening.producers;
        this.snapshots = opening.snapshots;
        this.epochs = opening.epochs;
        this.retiredFiles = new RetiredFiles(disk);
        this.cleanedTo = cleanedTo;
        this.logStartOffset = opening.logStartOffset();
        this.logEndOffset = opening.logEndOffset();
        this.recoveryPoint = opening.recoveryPoint();
        this.checkpoint = opening.checkpoint();
        this.appendedBytesAtCheckpoint = -segments.bytesFrom(checkpoint.recoveryPoint());
        this.marked = opening.wasClean();
        this.parentSynced = opening.wasClean();
        this.filesSynced = opening.wasClean() ? 0 : -1;
        this.producersExpireAtMs = nowMs + PRODUCER_EXPIRY_INTERVAL_MS;
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
        opening.producers.expire(nowMs, config.producerIdExpirationMs());
        long cleanedTo = config.compact() ? CleanerCheckpoint.read(disk, directory) : CleanerCheckpoint.NONE;
        return new PartitionLog(disk, directory, config, opening, segments, cleanedTo, nowMs);
    }

    public LogConfig config() {
        return config;
    }

    String directory() {
        return directory;
    }

    /** Takes effect from the next append on. */
    public void configure(LogConfig config) {
        this.config = config;
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
        ensureWritable();
        BatchIntake intake = new BatchIntake(directory, config, origin, nowMs);
        ByteBuffer received = batches.duplicate().order(ByteOrder.BIG_ENDIAN);
        intake.validate(received, logEndOffset);
        ProducerStates.Duplicate duplicate = intake.checkProducers(received, producers);
        if (duplicate != null) {
            return new AppendResult(
                    duplicate.firstOffset(), duplicate.lastOffset(), duplicate.timestampMs(), logStartOffset, true);
        }
        ByteBuffer buffer = intake.recompress(received);
        long first = intake.stamp(buffer, logEndOffset, leaderEpoch);
        clearMark();
        write(buffer);
        maybeExpireProducers(nowMs);
        long appendTimeMs =
                config.logAppendTime() && origin != AppendOrigin.REPLICATION ? nowMs : BatchHeader.NO_TIMESTAMP;
        return new AppendResult(first, logEndOffset - 1, appendTimeMs, logStartOffset, false);
    }

    private void ensureWritable() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw new IOException(
                    disk.describe(directory) + " takes no appends since its disk failed; restart the broker, which"
                            + " recovers the log: " + cause.getMessage(),
                    cause);
        }
        if (closed) {
            throw new IOException(disk.describe(directory) + " is closed");
        }
    }

    private void write(ByteBuffer buffer) throws IOException {
        int from = buffer.position();
        int end = buffer.limit();
        if (end - from <= config.segmentBytes()) {
            writeRun(buffer);
            return;
        }
        // A follower takes what fits into its fetch, which may be more than a segment: batch by batch then.
        for (int at = from; at < end; at += BatchHeader.sizeInBytes(buffer, at)) {
            buffer.limit(at + BatchHeader.sizeInBytes(buffer, at)).position(at);
            writeRun(buffer);
            buffer.limit(end);
        }
    }

    private void writeRun(ByteBuffer buffer) throws IOException {
        int from = buffer.position();
        int end = buffer.limit();
        try {
            rollIfDue(buffer);
            Segment active = segments.active();
            boolean makesFile = active.sizeInBytes() == 0;
            writeOrCut(active, buffer);
            if (makesFile) {
                int made = filesMade;
                filesMade = made + 1;
            }
            for (int at = from; at < end; at += BatchHeader.sizeInBytes(buffer, at)) {
                publish(active, buffer, at);
            }
        } catch (DiskFullException e) {
            throw e;
        } catch (IOException e) {
            fail(e);
            throw e;
        }
    }

    private void writeOrCut(Segment active, ByteBuffer buffer) throws IOException {
        try {
            active.write(buffer);
        } catch (IOException e) {
            try {
                active.cutUnpublished();
            } catch (IOException cutting) {
                e.addSuppressed(cutting);
                fail(e);
            }
            throw e;
        }
    }

    private void publish(Segment active, ByteBuffer buffer, int at) throws IOException {
        long lastOffset = BatchHeader.lastOffset(buffer, at);
        epochs.assign(BatchHeader.leaderEpoch(buffer, at), BatchHeader.baseOffset(buffer, at));
        active.publish(BatchHeader.sizeInBytes(buffer, at), lastOffset, BatchHeader.maxTimestamp(buffer, at));
        if (BatchHeader.producerId(buffer, at) != BatchHeader.NO_PRODUCER_ID) {
            EndMarker marker = BatchHeader.isControl(buffer, at) ? EndMarker.read(buffer, at) : null;
            AbortedTransactions.Entry aborted = producers.apply(buffer, at, marker);
            if (aborted != null) {
                active.aborted().add(aborted);
            }
        }
        long appendedBefore = appendedBytes;
        appendedBytes = appendedBefore + BatchHeader.sizeInBytes(buffer, at);
        logEndOffset = lastOffset + 1; // last: whoever sees it sees all of the above
    }

    private void rollIfDue(ByteBuffer buffer) throws IOException {
        if (Rolling.isDue(segments.active(), buffer, config, directory)) {
            roll(Rolling.nextBaseOffset(buffer, logEndOffset));
        }
    }

    private void roll(long baseOffset) throws IOException {
        Segment active = segments.active();
        Segment next = Segment.empty(disk, directory, baseOffset, config.indexIntervalBytes());
        if (active.sizeInBytes() == 0) {
            active.delete();
            change(now -> now.replacingFrom(now.size() - 1, next));
            return;
        }
        active.seal();
        snapshots.write(baseOffset, producers.all());
        change(now -> now.with(next));
    }

    private void change(UnaryOperator<Segments> change) {
        synchronized (segmentsLock) {
            segments = change.apply(segments);
        }
    }

    private void maybeExpireProducers(long nowMs) {
        if (nowMs >= producersExpireAtMs) {
            producers.expire(nowMs, config.producerIdExpirationMs());
            producersExpireAtMs = nowMs + PRODUCER_EXPIRY_INTERVAL_MS;
        }
    }

    private void fail(IOException cause) {
        if (failure == null) {
            failure = cause;
            LOG.error("log={} action=refuse appends error={}", disk.describe(directory), cause.toString());
        }
    }

    /** The log is not what the mark says any more. If that gets lost with the power, the sizes tell. */
    private void clearMark() throws IOException {
        if (marked) {
            CleanShutdown.remove(disk, directory);
            snapshots.keepOnly(segments);
            marked = false;
        }
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
        return logStartOffset;
    }

    /** The offset of the next record. Any thread. */
    public long logEndOffset() {
        return logEndOffset;
    }

    /**
     * The first offset that a read_committed reader may not see: of the earliest transaction that is open, or whose end
     * marker is not below the high watermark; the high watermark when there is none. Any thread.
     */
    public long lastStableOffset(long highWatermark) {
        return Math.min(highWatermark, Math.max(logStartOffset, producers.firstUnstableOffset()));
    }

    /** Lets go of transactions whose end markers are now below the high watermark. */
    public void onHighWatermark(long highWatermark) {
        producers.onHighWatermark(highWatermark);
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
        synchronized (recoveryLock) {
            return recoveryPoint;
        }
    }

    /** Where the segment begins that takes the appends. Any thread. */
    public long activeBaseOffset() {
        return segments.active().baseOffset();
    }

    /** The epoch of the last record. Empty when no epoch was ever recorded. Any thread. */
    public OptionalInt latestEpoch() {
        return epochs.latest();
    }

    /** The largest epoch that is not above {@code leaderEpoch}, and where it ends (KIP-101, KIP-279). Any thread. */
    public Optional<EpochEndOffset> endOffsetForEpoch(int leaderEpoch) {
        return epochs.endOffset(leaderEpoch, logEndOffset);
    }

    /** The epoch of the record at {@code offset}. Any thread. */
    public OptionalInt epochForOffset(long offset) {
        return epochs.epochAt(offset);
    }

    /** The bytes on disk of all segments, without indexes. Any thread. */
    public long sizeInBytes() {
        return segments.bytesFrom(0);
    }

    /**
     * Decodes every batch from {@code fromOffset} up to the log end and hands it over, for a coordinator that loads its
     * shard. Any thread.
     */
    public void replay(long fromOffset, Consumer<ReplayedBatch> consumer) throws IOException {
        reads.replay(fromOffset, consumer);
    }

    Segments segments() {
        return segments;
    }

    /** A segment that is gone is replaced in a moment, unless the log was closed. */
    void ensureOpen(Segment.GoneException e) throws IOException {
        if (closed) {
            throw new IOException(disk.describe(directory) + " is closed", e);
        }
    }

    // ---- Cutting off at either end

    /**
     * Removes everything from {@code offset} on, and the whole batch when the offset is inside of one, or the
     * gap before it. For a follower whose leader has other records there. An offset before the log start leaves an empty log that begins there.
     */
    public void truncateTo(long offset) throws IOException {
        sealedLock.lock();
        try {
            truncate(offset);
        } finally {
            sealedLock.unlock();
        }
    }

    private void truncate(long offset) throws IOException {
        ensureWritable();
        if (offset >= logEndOffset) {
            return;
        }
        if (offset < segments.first().baseOffset()) {
            restart(offset);
            return;
        }
        try {
            int index = segments.floorIndex(offset);
            Segment last = segments.get(index);
            long boundary = last.truncationBoundary(offset);
            long end = Math.min(offset, last.baseOffset() + Boundary.relativeOffset(boundary));
            beforeTruncation(end);
            if (end >= logStartOffset) {
                cutOff(index, Boundary.position(boundary), end);
            }
            if (end < logStartOffset || logEndOffset < logStartOffset) {
                restart(Math.min(offset, logStartOffset));
                return;
            }
            epochs.truncateFromEnd(logEndOffset);
            producers.clear();
            reloadProducers();
            afterTruncation();
        } catch (IOException e) {
            fail(e);
            throw e;
        }
    }

    /** The log ends with the last record that is left, not in a gap behind it: recovery would come to the same. */
    private void cutOff(int index, int position, long offset) throws IOException {
        Segments before = segments;
        logEndOffset = offset;
        for (int i = before.size() - 1; i > index; i--) {
            before.get(i).delete();
        }
        Segment rest = before.get(index).truncate(position, offset);
        logEndOffset = rest.endOffset();
        change(now -> now.replacingFrom(index, rest));
    }

    /** Removes everything and goes on at {@code offset}: a follower whose leader does not have what it has any more. */
    public void restartAt(long offset) throws IOException {
        sealedLock.lock();
        try {
            restart(offset);
        } finally {
            sealedLock.unlock();
        }
    }

    private void restart(long offset) throws IOException {
        ensureWritable();
        try {
            beforeTruncation(Math.min(offset, logStartOffset));
            List<Segment> all = segments.toList();
            logStartOffset = offset;
            logEndOffset = offset;
            for (int i = all.size() - 1; i >= 0; i--) {
                all.get(i).delete();
            }
            Segment only = Segment.empty(disk, directory, offset, config.indexIntervalBytes());
            change(now -> Segments.of(List.of(only)));
            epochs.clear();
            producers.clear();
            snapshots.deleteAfter(-1);
            afterTruncation();
        } catch (IOException e) {
            fail(e);
            throw e;
        }
    }

    /** What is below the recovery point is not checked again after a crash, so it must go down before the log does. */
    private void beforeTruncation(long offset) throws IOException {
        clearMark();
        if (cleanedTo > offset) {
            onCleaned(offset);
        }
        synchronized (recoveryLock) {
            truncations++;
            if (recoveryPoint > offset) {
                recoveryPoint = offset;
                writeCheckpoint(logStartOffset);
            }
        }
        disk.open(truncationMark(), true).close();
        disk.syncDirectory(directory);
    }

    private void afterTruncation() throws IOException {
        snapshots.deleteAfter(logEndOffset);
        epochs.store(true);
        synchronized (recoveryLock) {
            writeCheckpoint(logStartOffset);
        }
        // In this order: as long as the mark is there, what was cut off may be, and recovery sees to it.
        disk.syncDirectory(directory);
        disk.delete(truncationMark());
    }

    private String truncationMark() {
        return directory + '/' + LogFileNames.TRUNCATION;
    }

    private void reloadProducers() throws IOException {
        snapshots.deleteAfter(logEndOffset);
        long snapshot = snapshots.restore(logEndOffset, producers);
        long from = Math.max(snapshot, logStartOffset);
        Segments now = segments;
        for (int i = now.floorIndex(from); i < now.size() && from < logEndOffset; i++) {
            now.get(i).scan(from, batch -> {
                if (batch.lastOffset() >= from && batch.producerId() != BatchHeader.NO_PRODUCER_ID) {
                    EndMarker marker = batch.isControl() ? EndMarker.read(batch.intactBatch(), 0) : null;
                    producers.apply(batch.header(), batch.headerAt(), marker);
                }
                return true;
            });
        }
    }

    /**
     * DeleteRecords: nothing below {@code offset} is served any more; whole segments below it go away. The caller has made
     * sure that it is not above the high watermark. Durable on return.
     */
    public void advanceLogStart(long offset) throws IOException {
        sealedLock.lock();
        try {
            advance(offset);
        } finally {
            sealedLock.unlock();
        }
    }

    private void advance(long offset) throws IOException {
        ensureWritable();
        if (offset <= logStartOffset) {
            return;
        }
        if (offset > logEndOffset) {
            throw new OffsetOutOfRangeException(
                    "the log start of " + directory + " cannot go to " + offset + ", beyond the end " + logEndOffset);
        }
        clearMark();
        synchronized (recoveryLock) {
            writeCheckpoint(offset);
        }
        disk.syncDirectory(directory);
        logStartOffset = offset;
        epochs.truncateFromStart(offset);
        deleteBelowLogStart();
    }

    private int deleteBelowLogStart() throws IOException {
        Segments now = segments;
        int first = 0;
        while (now.endOffset(first) <= logStartOffset) {
            first++;
        }
        if (first > 0) {
            int gone = first;
            change(before -> before.without(gone));
            for (int i = 0; i < gone; i++) {
                now.get(i).retire(retiredFiles);
            }
            snapshots.deleteBefore(segments.first().baseOffset());
        }
        return first;
    }

    /**
     * Deletes segments by retention.ms and retention.bytes, only whole ones, only below the high watermark, and only when
     * cleanup.policy has delete; those below the log start in any case. Returns how many.
     */
    public int deleteExpired(long highWatermark, long nowMs) throws IOException {
        if (!sealedLock.tryLock()) {
            return 0; // a cleaned segment is being swapped in: the next check is soon enough
        }
        try {
            return expire(highWatermark, nowMs);
        } finally {
            sealedLock.unlock();
        }
    }

    private int expire(long highWatermark, long nowMs) throws IOException {
        ensureWritable();
        maybeExpireProducers(nowMs);
        if (config.delete()) {
            long start = Retention.startAfter(segments, config, logEndOffset, highWatermark, nowMs);
            if (start > logStartOffset) {
                if (start > segments.active().baseOffset()) {
                    clearMark();
                    roll(logEndOffset);
                }
                LOG.info("log={} logStartOffset={} action=delete expired segments", directory, start);
                int before = segments.size();
                advance(start);
                return before - segments.size();
            }
        }
        return deleteBelowLogStart();
    }

    /**
     * Deletes the files of segments that went file.delete.delay.ms ago, counted from the first call after they went. For the
     * disk pool: any thread.
     *
     * @return when to call again; Long.MAX_VALUE when nothing is left to delete
     */
    public long deleteRetiredFiles(long nowMs) throws IOException {
        return retiredFiles.deleteDue(nowMs, config.fileDeleteDelayMs());
    }

    // ---- Cleaning

    /** What a cleaning would have to do. Looks into indexes: for the disk pool; any thread. */
    public DirtyRange dirtyRange(long highWatermark, long nowMs) throws IOException {
        return DirtyRange.of(
                segments,
                logStartOffset,
                logEndOffset,
                lastStableOffset(highWatermark),
                cleanedTo,
                config.compaction(),
                nowMs);
    }

    /** Begins to clean, on the loop; the rest is done elsewhere, and by one at a time. */
    public LogCleaning clean(DirtyRange range, CleaningLimits limits, long nowMs) throws IOException {
        ensureWritable();
        clearMark();
        // They may know of open transactions whose end markers are about to go: recovery would wait for those for ever.
        snapshots.deleteBefore(range.firstUncleanable());
        return new LogCleaning(this, segments, range, config, producers.lastRecords(), limits, nowMs);
    }

    /** Makes the files of a segment that a cleaning fills. */
    CleanedSegment createCleaned(long baseOffset, int bufferBytes) throws IOException {
        sealedLock.lock();
        try {
            ensureWritable(); // or the directory may be another log's by now
            return CleanedSegment.create(disk, directory, baseOffset, config.indexIntervalBytes(), bufferBytes);
        } finally {
            sealedLock.unlock();
        }
    }

    /**
     * Puts a cleaned segment into the place of others; it is the log's from now on. False when one of those is not there any
     * more, or the log is not: nothing has happened then.
     */
    boolean swapIn(CleanedSegment cleaned, List<AbortedTransactions.Entry> aborted, List<Segment> replaced)
            throws IOException {
        sealedLock.lock();
        try {
            if (closed || failure != null || !segments.hold(replaced)) {
                discard(cleaned);
                return false;
            }
            SegmentSwap swap = new SegmentSwap(disk, directory, cleaned.baseOffset());
            swap.commit();
            Segment replacement = cleaned.toSegment(aborted);
            change(now -> now.replacing(replaced, replacement));
            replaced.forEach(Segment::close);
            swap.complete(replaced.stream().skip(1).map(Segment::baseOffset).toList(), !aborted.isEmpty());
            return true;
        } catch (IOException e) {
            fail(e);
            throw e;
        } finally {
            sealedLock.unlock();
        }
    }

    /** The files of a cleaned segment that is not wanted. */
    void discard(CleanedSegment cleaned) throws IOException {
        sealedLock.lock();
        try {
            cleaned.close();
            if (!closed) {
                cleaned.delete();
            }
        } finally {
            sealedLock.unlock();
        }
    }

    /** The log is clean up to here; after a truncation that is where it ends. */
    void onCleaned(long offset) throws IOException {
        sealedLock.lock();
        try {
            if (!closed && offset <= logEndOffset) {
                CleanerCheckpoint.write(disk, directory, offset);
                disk.syncDirectory(directory);
                cleanedTo = offset;
            }
        } finally {
            sealedLock.unlock();
        }
    }

    // ---- Durability

    /**
     * Forces everything below the current end to the disk. For the disk pool: any thread. A failure is final: the log takes
     * no more appends, for what the kernel dropped cannot be forced again.
     */
    public void flush() throws IOException {
        synchronized (flushLock) {
            while (!tryFlush()) {
                Thread.onSpinWait();
            }
        }
    }

    /** Nothing happens when everything below the offset is known to be on the disk. */
    void flushTo(long offset) throws IOException {
        boolean onDisk;
        synchronized (recoveryLock) {
            onDisk = recoveryPoint >= offset;
        }
        if (!onDisk) {
            flush();
        }
    }

    /** False when a truncation or deletion came in between. */
    private boolean tryFlush() throws IOException {
        ensureFlushable();
        long truncationsBefore;
        long from;
        long checkpointed;
        boolean due;
        synchronized (recoveryLock) {
            truncationsBefore = truncations;
            from = recoveryPoint;
            checkpointed = Math.min(from, checkpoint.recoveryPoint());
            due = appendedBytes - appendedBytesAtCheckpoint >= CHECKPOINT_INTERVAL_BYTES;
        }
        long end = logEndOffset;
        int files = filesMade;
        Segments now = segments;
        if (from >= end) {
            return true;
        }
        // A segment that ended exactly there may have been sealed since, so it counts as one that is not on disk.
        int checkpointedIndex = now.floorIndex(checkpointed - 1);
        due |= checkpointedIndex < now.size() - 1;
        try {
            for (int i = due ? checkpointedIndex : now.floorIndex(from); i < now.size(); i++) {
                now.get(i).force(due);
            }
            if (due) {
                epochs.store(true);
            }
            if (due || files != filesSynced) {
                disk.syncDirectory(directory);
                filesSynced = files;
            }
            return advanceRecoveryPoint(end, truncationsBefore, due);
        } catch (Segment.GoneException e) {
            ensureOpen(e);
            return false;
        } catch (DiskFullException e) {
            throw e; // no room for a checkpoint; what was forced is on the disk all the same
        } catch (IOException e) {
            fail(e);
            throw e;
        }
    }

    private void ensureFlushable() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw new IOException(disk.describe(directory) + " cannot be forced after its disk failed", cause);
        }
    }

    private boolean advanceRecoveryPoint(long end, long truncationsBefore, boolean checkpointToo) throws IOException {
        synchronized (recoveryLock) {
            if (!parentSynced) {
                disk.syncDirectory(parent());
                parentSynced = true;
            }
            if (truncations != truncationsBefore) {
                return false;
            }
            recoveryPoint = Math.max(recoveryPoint, end);
            if (checkpointToo) {
                writeCheckpoint(logStartOffset);
            }
        }
        if (checkpointToo) {
            disk.syncDirectory(directory);
        }
        return true;
    }

    private String parent() {
        int slash = directory.lastIndexOf('/');
        return slash < 0 ? "" : directory.substring(0, slash);
    }

    /** Under the lock. */
    private void writeCheckpoint(long start) throws IOException {
        Checkpoint next = new Checkpoint(start, recoveryPoint);
        if (!next.equals(checkpoint)) {
            next.write(disk, directory);
            checkpoint = next;
            appendedBytesAtCheckpoint = appendedBytes;
        }
    }

    // ---- Producers

    /** The producers with an open transaction or a known sequence, for DescribeProducers. Loop only. */
    public List<ProducerStatus> activeProducers() {
        return producers.statuses();
    }

    /** Whether this producer has an open transaction that it began with this epoch. Loop only. */
    public boolean isInTransaction(long producerId, short producerEpoch) {
        return producers.isInTransaction(producerId, producerEpoch);
    }

    /** Whether there is anything to hold this producer's sequence numbers against. Loop only. */
    public boolean knowsProducer(long producerId) {
        return producers.isKnown(producerId);
    }

    /** The first offset of this producer's open transaction. Loop only. */
    public OptionalLong openTransaction(long producerId) {
        long start = producers.openTransaction(producerId);
        return start == ProducerState.NOT_IN_TRANSACTION ? OptionalLong.empty() : OptionalLong.of(start);
    }

    // ---- The end

    /**
     * Flushes, writes the producer snapshot, marks the shutdown as clean. After a failure of the disk it only lets go of the
     * files, and the next start recovers. Idempotent.
     */
    @Override
    public void close() throws IOException {
        sealedLock.lock();
        try {
            if (!closed) {
                closed = true;
                retiredFiles.close();
                closeFiles();
            }
        } finally {
            sealedLock.unlock();
        }
    }

    private void closeFiles() throws IOException {
        try {
            if (failure == null && !marked) {
                closeCleanly();
            }
        } finally {
            letGo();
        }
    }

    /**
     * Few things are forced, so that a broker with many partitions stops soon: the records, and where recovery would begin if
     * that has moved far. What else a power failure destroys is noticed when it is read, and made anew.
     */
    private void closeCleanly() throws IOException {
        Segment active = segments.active();
        active.seal();
        flush();
        active.forceLargeIndexes();
        snapshots.write(logEndOffset, producers.all());
        epochs.store(false);
        synchronized (recoveryLock) {
            recoveryPoint = logEndOffset;
            if (appendedBytes - appendedBytesAtCheckpoint > CHECKPOINT_ON_CLOSE_BYTES) {
                writeCheckpoint(logStartOffset);
            }
        }
        new CleanShutdown(logEndOffset, active.baseOffset(), active.sizeInBytes(), sizeInBytes(), epochs.checksum())
                .write(disk, directory);
    }

    private void letGo() {
        Segments now = segments;
        for (int i = 0; i < now.size(); i++) {
            now.get(i).close();
        }
    }

    /**
     * Closes the log for good and removes its directory, whose name is free at once. Slices that are being sent keep their
     * file until they are released. What a crash leaves has a name that ends with {@code -delete}.
     */
    public void delete() throws IOException {
        sealedLock.lock();
        try {
            closed = true;
            retiredFiles.close();
            letGo();
            removeDirectory();
        } finally {
            sealedLock.unlock();
        }
    }

    private void removeDirectory() throws IOException {
        String doomed = freeName();
        disk.rename(directory, doomed);
        disk.syncDirectory(parent());
        for (Disk.Entry entry : disk.list(doomed)) {
            disk.delete(doomed + '/' + entry.name());
        }
        disk.delete(doomed);
    }

    private String freeName() throws IOException {
        int n = 0;
        while (disk.exists(directory + '.' + n + LogFileNames.DELETED_DIRECTORY)) {
            n++;
        }
        return directory + '.' + n + LogFileNames.DELETED_DIRECTORY;
    }
}
