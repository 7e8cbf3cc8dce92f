package dev.millrace.broker.log;

import dev.millrace.broker.log.directory.SegmentGoneException;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.recovery.Checkpoint;
import dev.millrace.broker.log.recovery.LogOpening;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;

/**
 * How far a log is known to be on the disk, in memory and in the checkpoint file, and the flushes that move it. The loop and
 * the disk pool meet here.
 */
final class RecoveryPoint {
    /** So much may have to be checked after a crash, beyond what was never forced: checkpoints are not free. */
    private static final long CHECKPOINT_INTERVAL_BYTES = 64L << 20;

    private static final long CHECKPOINT_ON_CLOSE_BYTES = 1L << 20;

    private final LogState log;

    /** One flush at a time. Guards the field below. */
    private final Object flushLock = new Object();

    private int filesSynced;

    /**
     * Guards the fields below and the checkpoint file. Never held while segments are forced, so that the loop waits for a few
     * bytes at most.
     */
    private final Object lock = new Object();

    private long recoveryPoint;
    private long truncations;
    private Checkpoint checkpoint;
    private long appendedBytesAtCheckpoint;
    private boolean parentSynced;

    RecoveryPoint(LogState log, LogOpening opening) {
        this.log = log;
        this.recoveryPoint = opening.recoveryPoint();
        this.checkpoint = opening.checkpoint();
        this.appendedBytesAtCheckpoint = -log.segments.bytesFrom(checkpoint.recoveryPoint());
        this.parentSynced = opening.wasClean();
        this.filesSynced = opening.wasClean() ? 0 : -1;
    }

    /** Everything below is known to be on disk. Any thread. */
    long offset() {
        synchronized (lock) {
            return recoveryPoint;
        }
    }

    /** As {@link PartitionLog#flush}. */
    void flush() throws IOException {
        synchronized (flushLock) {
            while (!tryFlush()) {
                Thread.onSpinWait();
            }
        }
    }

    /** Nothing happens when everything below the offset is known to be on the disk. */
    void flushTo(long offset) throws IOException {
        if (offset() < offset) {
            flush();
        }
    }

    /** False when a truncation or deletion came in between. */
    private boolean tryFlush() throws IOException {
        log.ensureForcible();
        long truncationsBefore;
        long from;
        long checkpointed;
        boolean due;
        synchronized (lock) {
            truncationsBefore = truncations;
            from = recoveryPoint;
            checkpointed = Math.min(from, checkpoint.recoveryPoint());
            due = log.appendedBytes - appendedBytesAtCheckpoint >= CHECKPOINT_INTERVAL_BYTES;
        }
        long end = log.logEndOffset;
        int files = log.filesMade;
        Segments now = log.segments;
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
                log.epochs.store(true);
            }
            if (due || files != filesSynced) {
                log.disk.syncDirectory(log.directory);
                filesSynced = files;
            }
            return advance(end, truncationsBefore, due);
        } catch (SegmentGoneException e) {
            log.ensureOpen(e);
            return false;
        } catch (DiskFullException e) {
            throw e; // no room for a checkpoint; what was forced is on the disk all the same
        } catch (IOException e) {
            log.fail(e);
            throw e;
        }
    }

    private boolean advance(long end, long truncationsBefore, boolean checkpointToo) throws IOException {
        synchronized (lock) {
            if (!parentSynced) {
                log.disk.syncDirectory(log.parent());
                parentSynced = true;
            }
            if (truncations != truncationsBefore) {
                return false;
            }
            recoveryPoint = Math.max(recoveryPoint, end);
            if (checkpointToo) {
                write(log.logStartOffset);
            }
        }
        if (checkpointToo) {
            log.disk.syncDirectory(log.directory);
        }
        return true;
    }

    /** The log will end there, or before. Loop only. */
    void onTruncation(long offset) throws IOException {
        synchronized (lock) {
            truncations++;
            if (recoveryPoint > offset) {
                recoveryPoint = offset;
                write(log.logStartOffset);
            }
        }
    }

    /** Puts the log start down, if it is another one. Loop only. */
    void checkpoint(long logStartOffset) throws IOException {
        synchronized (lock) {
            write(logStartOffset);
        }
    }

    /** As {@link PartitionLog#onRenamed}. */
    void onRenamed(long forcedEnd) {
        synchronized (lock) {
            parentSynced = false;
            recoveryPoint = Math.min(recoveryPoint, forcedEnd);
        }
    }

    /** All of the log is on the disk, and it is about to be marked as closed. Loop only. */
    void onClosing() throws IOException {
        synchronized (lock) {
            recoveryPoint = log.logEndOffset;
            if (log.appendedBytes - appendedBytesAtCheckpoint > CHECKPOINT_ON_CLOSE_BYTES) {
                write(log.logStartOffset);
            }
        }
    }

    /** Under the lock. */
    private void write(long logStartOffset) throws IOException {
        Checkpoint next = new Checkpoint(logStartOffset, recoveryPoint);
        if (!next.equals(checkpoint)) {
            next.write(log.disk, log.directory);
            checkpoint = next;
            appendedBytesAtCheckpoint = log.appendedBytes;
        }
    }
}
