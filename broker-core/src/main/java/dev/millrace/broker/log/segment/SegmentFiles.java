package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.index.SegmentIndexes;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open files of a segment, counted: the segment holds one reference, every slice and every search holds one while it
 * lasts, and the last one to let go closes them. So nobody reads from a file that is cut off or closed under it.
 */
public final class SegmentFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentFiles.class);

    private final AtomicInteger references = new AtomicInteger(1);
    private final DiskFile log;
    private final SegmentIndexes indexes;

    public SegmentFiles(DiskFile log, SegmentIndexes indexes) {
        this.log = log;
        this.indexes = indexes;
    }

    DiskFile log() {
        return log;
    }

    SegmentIndexes indexes() {
        return indexes;
    }

    /** False when the segment has let go and so has everybody else. */
    boolean retain() {
        int now = references.get();
        while (now > 0) {
            if (references.compareAndSet(now, now + 1)) {
                return true;
            }
            now = references.get();
        }
        return false;
    }

    void release() {
        if (references.decrementAndGet() == 0) {
            close();
        }
    }

    /** Lets go of the segment's own reference if it is the only one: then nobody else reads, nor ever will. */
    boolean releaseAlone() {
        boolean alone = references.compareAndSet(1, 0);
        if (alone) {
            close();
        }
        return alone;
    }

    /** What matters was forced before; nobody can do anything about a failing close. */
    private void close() {
        try {
            log.close();
        } catch (IOException e) {
            LOG.warn("file={} could not be closed: {}", log.description(), e.toString());
        }
        try {
            indexes.close();
        } catch (IOException e) {
            LOG.warn("the indexes of file={} could not be closed: {}", log.description(), e.toString());
        }
    }
}
