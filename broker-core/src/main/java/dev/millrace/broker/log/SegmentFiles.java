package dev.millrace.broker.log;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open files of a segment, counted: the segment holds one reference, every slice and every search holds one while it
 * lasts, and the last one to let go closes them. So nobody reads from a file that is cut off or closed under it.
 */
final class SegmentFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentFiles.class);

    private final AtomicInteger references = new AtomicInteger(1);
    private final DiskFile log;
    private volatile @Nullable IndexFile offsets;
    private volatile @Nullable IndexFile times;

    /** Replaced ones, that somebody may still be reading. */
    private final List<IndexFile> former = new CopyOnWriteArrayList<>();

    SegmentFiles(DiskFile log) {
        this.log = log;
    }

    DiskFile log() {
        return log;
    }

    @Nullable
    IndexFile offsets() {
        return offsets;
    }

    @Nullable
    IndexFile times() {
        return times;
    }

    /** Hands over both indexes; under the lock of the segment. */
    void indexes(IndexFile newOffsets, IndexFile newTimes) {
        if (offsets != null) {
            former.add(offsets);
        }
        if (times != null) {
            former.add(times);
        }
        times = newTimes;
        offsets = newOffsets;
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

    private void close() {
        close(log::close);
        former.forEach(index -> close(index::close));
        IndexFile openOffsets = offsets;
        if (openOffsets != null) {
            close(openOffsets::close);
        }
        IndexFile openTimes = times;
        if (openTimes != null) {
            close(openTimes::close);
        }
    }

    private interface Closing {
        void close() throws IOException;
    }

    /** What matters was forced before; nobody can do anything about a failing close. */
    private void close(Closing closing) {
        try {
            closing.close();
        } catch (IOException e) {
            LOG.warn("file={} could not be closed: {}", log.description(), e.toString());
        }
    }
}
