package dev.millrace.broker.log;

import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.recovery.CleanShutdown;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a log in memory, and on the disk too when it is deleted. Loop only. */
final class LogClosing {
    private static final Logger LOG = LoggerFactory.getLogger(LogClosing.class);

    private final LogState log;
    private final RecoveryPoint recoveryPoint;

    LogClosing(LogState log, RecoveryPoint recoveryPoint) {
        this.log = log;
        this.recoveryPoint = recoveryPoint;
    }

    /** As {@link PartitionLog#close}. */
    void close() throws IOException {
        log.sealedLock.lock();
        try {
            if (!log.closed) {
                log.closed = true;
                log.retiredFiles.close();
                closeFiles();
            }
        } finally {
            log.sealedLock.unlock();
        }
    }

    /** As {@link PartitionLog#abandon}. */
    void abandon() {
        log.sealedLock.lock();
        try {
            if (!log.closed) {
                log.closed = true;
                log.retiredFiles.close();
                letGo();
            }
        } finally {
            log.sealedLock.unlock();
        }
    }

    private void closeFiles() throws IOException {
        try {
            if (!log.hasFailed() && !log.isMarked()) {
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
        Segment active = log.segments.active();
        active.seal();
        recoveryPoint.flush();
        active.forceLargeIndexes();
        log.snapshots.write(log.logEndOffset, log.producers.all());
        log.epochs.store(false);
        recoveryPoint.onClosing();
        new CleanShutdown(
                        log.logEndOffset,
                        active.baseOffset(),
                        active.sizeInBytes(),
                        log.segments.bytesFrom(0),
                        log.epochs.checksum())
                .write(log.disk, log.directory);
    }

    private void letGo() {
        Segments now = log.segments;
        for (int i = 0; i < now.size(); i++) {
            now.get(i).close();
        }
    }

    /** As {@link PartitionLog#delete}. */
    void delete(Executor remover) throws IOException {
        String doomed;
        log.sealedLock.lock();
        try {
            log.closed = true;
            log.retiredFiles.close();
            letGo();
            doomed = freeName();
            log.disk.rename(log.directory, doomed);
        } finally {
            log.sealedLock.unlock();
        }
        try {
            remover.execute(() -> remove(doomed));
        } catch (RejectedExecutionException busy) {
            remove(doomed);
        }
    }

    private void remove(String doomed) {
        try {
            log.disk.syncDirectory(log.parent());
            for (Disk.Entry entry : log.disk.list(doomed)) {
                log.disk.delete(doomed + '/' + entry.name());
            }
            log.disk.delete(doomed);
        } catch (IOException e) {
            LOG.error(
                    "directory of a deleted log can't be removed directory={} action=try again at the next start error={}",
                    log.disk.describe(doomed),
                    e.toString());
        }
    }

    private String freeName() throws IOException {
        int n = 0;
        while (log.disk.exists(log.directory + '.' + n + LogFileNames.DELETED_DIRECTORY)) {
            n++;
        }
        return log.directory + '.' + n + LogFileNames.DELETED_DIRECTORY;
    }
}
