package dev.millrace.broker.log;

import dev.millrace.broker.log.compaction.CleanedSegment;
import dev.millrace.broker.log.compaction.CleanerCheckpoint;
import dev.millrace.broker.log.compaction.DirtyRange;
import dev.millrace.broker.log.compaction.SegmentSwap;
import dev.millrace.broker.log.config.CleaningLimits;
import dev.millrace.broker.log.index.AbortedTransactions;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.List;

/**
 * A log as its cleanings see it: what is dirty, and how a cleaned segment becomes the log's. A cleaning works on the disk
 * pool while the loop goes on, and whatever it asks for here may come too late: the log closed, the segments gone.
 */
final class CleanedLog {
    private final LogState log;
    private final RecoveryPoint recoveryPoint;

    /** Up to where a cleaning has come; {@link CleanerCheckpoint#NONE} when none ever has. */
    private volatile long cleanedTo;

    CleanedLog(LogState log, RecoveryPoint recoveryPoint, long cleanedTo) {
        this.log = log;
        this.recoveryPoint = recoveryPoint;
        this.cleanedTo = cleanedTo;
    }

    /** As {@link PartitionLog#dirtyRange}. */
    DirtyRange dirtyRange(long lastStableOffset, long nowMs) throws IOException {
        return DirtyRange.of(
                log.segments,
                log.logStartOffset,
                log.logEndOffset,
                lastStableOffset,
                cleanedTo,
                log.config.compaction(),
                nowMs);
    }

    /** As {@link PartitionLog#clean}. */
    LogCleaning begin(DirtyRange range, CleaningLimits limits, long nowMs) throws IOException {
        log.ensureWritable();
        log.clearMark();
        // They may know of open transactions whose end markers are about to go: recovery would wait for those for ever.
        log.snapshots.deleteBefore(range.firstUncleanable());
        return new LogCleaning(this, log.segments, range, log.config, log.producers.lastRecords(), limits, nowMs);
    }

    /** What replaces a record must be as durable as the record was, before the record goes. */
    void ensureDurable(long offset) throws IOException {
        recoveryPoint.flushTo(offset);
    }

    /** A cleaning would make a gap where something is lost look like one that a cleaning has left. */
    void ensureNoLoss(List<Segment> neighbours, Segments of) throws IOException {
        for (Segment segment : neighbours) {
            long next = of.endOffset(of.floorIndex(segment.baseOffset()));
            log.adjacency.ensureNoLoss(segment, segment.endOffset(), next);
        }
    }

    /** Makes the files of a segment that a cleaning fills. */
    CleanedSegment createCleaned(long baseOffset, int bufferBytes) throws IOException {
        log.sealedLock.lock();
        try {
            log.ensureWritable(); // or the directory may be another log's by now
            return CleanedSegment.create(log.place(baseOffset), log.config.indexIntervalBytes(), bufferBytes);
        } finally {
            log.sealedLock.unlock();
        }
    }

    /**
     * Puts a cleaned segment into the place of others; it is the log's from now on. False when one of those is not there any
     * more, or the log is not: nothing has happened then.
     */
    boolean swapIn(CleanedSegment cleaned, List<AbortedTransactions.Entry> aborted, List<Segment> replaced)
            throws IOException {
        log.sealedLock.lock();
        try {
            if (log.closed || log.hasFailed() || !log.segments.hold(replaced)) {
                discard(cleaned);
                return false;
            }
            SegmentSwap swap = new SegmentSwap(log.place(cleaned.baseOffset()));
            swap.commit();
            Segment replacement = cleaned.toSegment(aborted);
            log.change(now -> now.replacing(replaced, replacement));
            replaced.forEach(Segment::close);
            swap.complete(replaced.stream().skip(1).map(Segment::baseOffset).toList(), !aborted.isEmpty());
            return true;
        } catch (IOException e) {
            log.fail(e);
            throw e;
        } finally {
            log.sealedLock.unlock();
        }
    }

    /** The files of a cleaned segment that is not wanted. */
    void discard(CleanedSegment cleaned) throws IOException {
        log.sealedLock.lock();
        try {
            cleaned.close();
            if (!log.closed) {
                cleaned.delete();
            }
        } finally {
            log.sealedLock.unlock();
        }
    }

    /** The log is clean up to here. */
    void onCleaned(long offset) throws IOException {
        log.sealedLock.lock();
        try {
            if (!log.closed && offset <= log.logEndOffset) {
                CleanerCheckpoint.write(log.disk, log.directory, offset);
                log.disk.syncDirectory(log.directory);
                cleanedTo = offset;
            }
        } finally {
            log.sealedLock.unlock();
        }
    }

    long cleanedTo() {
        return cleanedTo;
    }

    /** As {@link PartitionLog#inheritCleaning}. */
    void inherit(long offset) throws IOException {
        if (offset != cleanedTo) {
            CleanerCheckpoint.write(log.disk, log.directory, offset);
            log.disk.syncDirectory(log.directory);
            cleanedTo = offset;
        }
    }

    /** The log will end there, or before. Loop only. */
    void onTruncation(long offset) throws IOException {
        if (cleanedTo > offset) {
            onCleaned(offset);
        }
    }
}
