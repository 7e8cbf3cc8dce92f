package dev.millrace.broker.log;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.EndMarker;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.segment.Boundary;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.List;

/**
 * Takes the newest records away, as a follower must whose leader has others. A mark on the disk says so while it is under
 * way: what was cut off must not come back with a power failure. Loop only.
 */
final class LogTruncation {
    private final LogState log;
    private final RecoveryPoint recoveryPoint;
    private final CleanedLog cleaned;

    LogTruncation(LogState log, RecoveryPoint recoveryPoint, CleanedLog cleaned) {
        this.log = log;
        this.recoveryPoint = recoveryPoint;
        this.cleaned = cleaned;
    }

    /** As {@link PartitionLog#truncateTo}. */
    void truncateTo(long offset) throws IOException {
        log.sealedLock.lock();
        try {
            truncate(offset);
        } finally {
            log.sealedLock.unlock();
        }
    }

    private void truncate(long offset) throws IOException {
        log.ensureWritable();
        if (offset >= log.logEndOffset) {
            return;
        }
        if (offset < log.segments.first().baseOffset()) {
            restart(offset);
            return;
        }
        try {
            int index = log.segments.floorIndex(offset);
            Segment last = log.segments.get(index);
            long boundary = last.truncationBoundary(offset);
            long end = Math.min(offset, last.baseOffset() + Boundary.relativeOffset(boundary));
            begin(end);
            if (end >= log.logStartOffset) {
                cutOff(index, Boundary.position(boundary), end);
            }
            if (end < log.logStartOffset || log.logEndOffset < log.logStartOffset) {
                restart(Math.min(offset, log.logStartOffset));
                return;
            }
            log.epochs.truncateFromEnd(log.logEndOffset);
            reloadProducers();
            finish();
        } catch (IOException e) {
            log.fail(e);
            throw e;
        }
    }

    /** The log ends with the last record that is left, not in a gap behind it: recovery would come to the same. */
    private void cutOff(int index, int position, long offset) throws IOException {
        Segments before = log.segments;
        log.logEndOffset = offset;
        for (int i = before.size() - 1; i > index; i--) {
            before.get(i).delete();
        }
        Segment rest = before.get(index).truncate(position, offset);
        log.logEndOffset = rest.endOffset();
        log.change(now -> now.replacingFrom(index, rest));
    }

    private void reloadProducers() throws IOException {
        log.producers.clear();
        log.snapshots.deleteAfter(log.logEndOffset);
        long snapshot = log.snapshots.restore(log.logEndOffset, log.producers);
        long from = Math.max(snapshot, log.logStartOffset);
        Segments now = log.segments;
        for (int i = now.floorIndex(from); i < now.size() && from < log.logEndOffset; i++) {
            now.get(i).scan(from, batch -> {
                if (batch.lastOffset() >= from && batch.producerId() != BatchHeader.NO_PRODUCER_ID) {
                    EndMarker marker = batch.isControl() ? EndMarker.read(batch.intactBatch(), 0) : null;
                    log.producers.apply(batch.header(), batch.headerAt(), marker);
                }
                return true;
            });
        }
    }

    /** As {@link PartitionLog#restartAt}. */
    void restartAt(long offset) throws IOException {
        log.sealedLock.lock();
        try {
            restart(offset);
        } finally {
            log.sealedLock.unlock();
        }
    }

    private void restart(long offset) throws IOException {
        log.ensureWritable();
        try {
            begin(Math.min(offset, log.logStartOffset));
            List<Segment> all = log.segments.toList();
            log.logStartOffset = offset;
            log.logEndOffset = offset;
            for (int i = all.size() - 1; i >= 0; i--) {
                all.get(i).delete();
            }
            Segment only = log.emptySegment(offset);
            log.change(now -> Segments.of(List.of(only)));
            log.epochs.clear();
            log.producers.clear();
            log.snapshots.deleteAfter(-1);
            finish();
        } catch (IOException e) {
            log.fail(e);
            throw e;
        }
    }

    /** What is below the recovery point is not checked again after a crash, so it must go down before the log does. */
    private void begin(long offset) throws IOException {
        log.clearMark();
        cleaned.onTruncation(offset);
        recoveryPoint.onTruncation(offset);
        log.disk.open(mark(), true).close();
        log.disk.syncDirectory(log.directory);
    }

    private void finish() throws IOException {
        log.snapshots.deleteAfter(log.logEndOffset);
        log.epochs.store(true);
        recoveryPoint.checkpoint(log.logStartOffset);
        // In this order: as long as the mark is there, what was cut off may be, and recovery sees to it.
        log.disk.syncDirectory(log.directory);
        log.disk.delete(mark());
    }

    private String mark() {
        return log.directory + '/' + LogFileNames.TRUNCATION;
    }
}
