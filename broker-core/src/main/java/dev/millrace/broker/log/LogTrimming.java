package dev.millrace.broker.log;

import dev.millrace.broker.log.segment.Retention;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the oldest records away: those that somebody deletes, and those that retention lets go. Loop only. */
final class LogTrimming {
    private static final Logger LOG = LoggerFactory.getLogger(LogTrimming.class);

    private final LogState log;
    private final RecoveryPoint recoveryPoint;
    private final LogAppends appends;

    LogTrimming(LogState log, RecoveryPoint recoveryPoint, LogAppends appends) {
        this.log = log;
        this.recoveryPoint = recoveryPoint;
        this.appends = appends;
    }

    /** As {@link PartitionLog#advanceLogStart}. */
    void advanceLogStart(long offset) throws IOException {
        log.sealedLock.lock();
        try {
            advance(offset);
        } finally {
            log.sealedLock.unlock();
        }
    }

    private void advance(long offset) throws IOException {
        log.ensureWritable();
        if (offset <= log.logStartOffset) {
            return;
        }
        if (offset > log.logEndOffset) {
            throw new OffsetOutOfRangeException("the log start of " + log.directory + " cannot go to " + offset
                    + ", beyond the end " + log.logEndOffset);
        }
        log.clearMark();
        recoveryPoint.checkpoint(offset);
        log.disk.syncDirectory(log.directory);
        log.logStartOffset = offset;
        log.epochs.truncateFromStart(offset);
        deleteBelowLogStart();
    }

    private int deleteBelowLogStart() throws IOException {
        Segments now = log.segments;
        int first = 0;
        while (now.endOffset(first) <= log.logStartOffset) {
            first++;
        }
        if (first > 0) {
            int gone = first;
            log.change(before -> before.without(gone));
            for (int i = 0; i < gone; i++) {
                now.get(i).retire(log.retiredFiles);
            }
            log.snapshots.deleteBefore(log.segments.first().baseOffset());
        }
        return first;
    }

    /** As {@link PartitionLog#deleteExpired}. */
    int deleteExpired(long highWatermark, long nowMs) throws IOException {
        if (!log.sealedLock.tryLock()) {
            return 0; // a cleaned segment is being swapped in: the next check is soon enough
        }
        try {
            return expire(highWatermark, nowMs);
        } finally {
            log.sealedLock.unlock();
        }
    }

    private int expire(long highWatermark, long nowMs) throws IOException {
        log.ensureWritable();
        log.maybeExpireProducers(nowMs);
        if (log.config.delete()) {
            long start = Retention.startAfter(log.segments, log.config, log.logEndOffset, highWatermark, nowMs);
            if (start > log.logStartOffset) {
                if (start > log.segments.active().baseOffset()) {
                    log.clearMark();
                    appends.roll(log.logEndOffset);
                }
                LOG.info("log={} logStartOffset={} action=delete expired segments", log.directory, start);
                int before = log.segments.size();
                advance(start);
                return before - log.segments.size();
            }
        }
        return deleteBelowLogStart();
    }
}
