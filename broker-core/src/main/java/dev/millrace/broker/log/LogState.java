package dev.millrace.broker.log;

import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.directory.RetiredFiles;
import dev.millrace.broker.log.directory.SegmentGoneException;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.epoch.LeaderEpochs;
import dev.millrace.broker.log.producer.ProducerSnapshots;
import dev.millrace.broker.log.producer.ProducerStates;
import dev.millrace.broker.log.recovery.Adjacency;
import dev.millrace.broker.log.recovery.CleanShutdown;
import dev.millrace.broker.log.recovery.LogOpening;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a log is made of, and what its appends, truncations, trimmings, cleanings and flushes must leave in step. The loop
 * writes, save where something else is said; readers on any thread see what is volatile, the log end last.
 */
final class LogState {
    private static final Logger LOG = LoggerFactory.getLogger(LogState.class);
    private static final long PRODUCER_EXPIRY_INTERVAL_MS = 600_000;

    final Disk disk;
    final String directory;
    final ProducerStates producers;
    final ProducerSnapshots snapshots;
    final LeaderEpochs epochs;
    final RetiredFiles retiredFiles;
    final Adjacency adjacency;

    volatile LogConfig config;
    volatile Segments segments;
    volatile long logStartOffset;
    volatile long logEndOffset;
    volatile boolean closed;

    /** Since the log was opened. */
    volatile long appendedBytes;

    /** How many segment files were made since the log was opened. */
    volatile int filesMade;

    /**
     * Held by whoever removes or replaces segments that are not appended to, the loop or a cleaning, from the first file to
     * the last: in between, names on the disk and segments do not agree. A cleaning takes it for a few renames and syncs.
     */
    final ReentrantLock sealedLock = new ReentrantLock();

    /** Guards every change of the list of segments, which is made from the one before; never held during I/O. */
    private final Object segmentsLock = new Object();

    private volatile @Nullable IOException failure;

    // The loop's own.
    private boolean marked;
    private long producersExpireAtMs;

    LogState(Disk disk, String directory, LogConfig config, LogOpening opening, Segments segments, long nowMs) {
        this.disk = disk;
        this.directory = directory;
        this.config = config;
        this.segments = segments;
        this.producers = opening.producers();
        this.snapshots = opening.snapshots();
        this.epochs = opening.epochs();
        this.retiredFiles = new RetiredFiles(disk);
        this.adjacency = opening.adjacency();
        this.logStartOffset = opening.logStartOffset();
        this.logEndOffset = opening.logEndOffset();
        this.marked = opening.wasClean();
        producers.expire(nowMs, config.producerIdExpirationMs());
        this.producersExpireAtMs = nowMs + PRODUCER_EXPIRY_INTERVAL_MS;
    }

    SegmentPlace place(long baseOffset) {
        return new SegmentPlace(disk, directory, baseOffset);
    }

    Segment emptySegment(long baseOffset) {
        return Segment.empty(place(baseOffset), config.indexIntervalBytes());
    }

    /** Any thread. */
    void change(UnaryOperator<Segments> change) {
        synchronized (segmentsLock) {
            segments = change.apply(segments);
        }
    }

    // ---- Failure and end

    boolean hasFailed() {
        return failure != null;
    }

    /** The log takes no more appends. Any thread. */
    void fail(IOException cause) {
        if (failure == null) {
            failure = cause;
            if (!closed) { // else its files are gone, or whoever closes it tells
                LOG.error("log={} action=refuse appends error={}", disk.describe(directory), cause.toString());
            }
        }
    }

    void ensureWritable() throws IOException {
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

    /** What the kernel dropped when it could not write it cannot be forced again. */
    void ensureForcible() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw new IOException(disk.describe(directory) + " cannot be forced after its disk failed", cause);
        }
    }

    /** A segment that is gone is replaced in a moment, unless the log was closed. */
    void ensureOpen(SegmentGoneException e) throws IOException {
        if (closed) {
            throw new IOException(disk.describe(directory) + " is closed", e);
        }
    }

    // ---- The mark of a clean shutdown

    /** Whether the log is still as the last clean shutdown has left it. */
    boolean isMarked() {
        return marked;
    }

    /** The log is not what the mark says any more. If that gets lost with the power, the sizes tell. */
    void clearMark() throws IOException {
        if (marked) {
            CleanShutdown.remove(disk, directory);
            snapshots.keepOnly(segments);
            marked = false;
        }
    }

    void maybeExpireProducers(long nowMs) {
        if (nowMs >= producersExpireAtMs) {
            producers.expire(nowMs, config.producerIdExpirationMs());
            producersExpireAtMs = nowMs + PRODUCER_EXPIRY_INTERVAL_MS;
        }
    }

    String parent() {
        int slash = directory.lastIndexOf('/');
        return slash < 0 ? "" : directory.substring(0, slash);
    }
}
