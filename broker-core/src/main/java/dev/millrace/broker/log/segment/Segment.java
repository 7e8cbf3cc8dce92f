package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.BatchScan;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.RetiredFiles;
import dev.millrace.broker.log.directory.SegmentGoneException;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.index.AbortedTransactions;
import dev.millrace.broker.log.index.IndexSizes;
import dev.millrace.broker.log.index.MaxTimestamp;
import dev.millrace.broker.log.index.SegmentIndexes;
import dev.millrace.broker.log.index.SegmentIndexing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run of batches in one {@code .log} file, with its indexes. The loop appends to the last one of a log; any thread reads
 * up to the published size. Files are opened when they are needed first.
 *
 * <p>When a segment is truncated or deleted, this object is {@link #isGone gone} and a new one takes its place: what
 * readers know of this one stays true of the files they hold.
 */
public final class Segment {
    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

    private final SegmentPlace place;
    private final int indexIntervalBytes;
    private final AbortedTransactions aborted;
    private final CheckedParts checked;
    private final SegmentReads reads;

    private volatile int size;
    private volatile boolean gone;
    private volatile @Nullable SegmentFiles files;
    private volatile @Nullable MaxTimestamp maxTimestamp;
    private volatile long firstTimestamp = Long.MIN_VALUE;

    // The loop's own.
    private int bytesSinceIndexEntry;
    private boolean endChecked;

    private Segment(
            SegmentPlace place,
            int size,
            int indexIntervalBytes,
            AbortedTransactions aborted,
            @Nullable MaxTimestamp maxTimestamp) {
        this.place = place;
        this.size = size;
        this.indexIntervalBytes = indexIntervalBytes;
        this.aborted = aborted;
        this.maxTimestamp = maxTimestamp;
        this.checked = new CheckedParts(place, size);
        this.reads = new SegmentReads(this, checked);
    }

    /** A new one, without files. */
    public static Segment empty(SegmentPlace place, int indexIntervalBytes) {
        Segment empty = new Segment(place, 0, indexIntervalBytes, AbortedTransactions.empty(place), MaxTimestamp.NONE);
        empty.endChecked = true;
        return empty;
    }

    /** One whose files are there and whole. */
    public static Segment existing(SegmentPlace place, int size, int indexIntervalBytes) {
        return new Segment(place, size, indexIntervalBytes, AbortedTransactions.stored(place), null);
    }

    /** What recovery has found out, in place of what is on disk. */
    public static Segment recovered(SegmentPlace place, SegmentRecovery.Outcome outcome, int indexIntervalBytes) {
        SegmentIndexing indexing = outcome.indexing();
        Segment recovered = new Segment(
                place,
                outcome.sizeInBytes(),
                indexIntervalBytes,
                AbortedTransactions.empty(place),
                indexing.maxTimestamp());
        recovered.checked.checkedFrom(outcome.checkedFrom());
        recovered.endChecked = true;
        recovered.bytesSinceIndexEntry = indexing.bytesSinceEntry();
        recovered.files = new SegmentFiles(
                outcome.log(),
                SegmentIndexes.made(place, outcome.log(), indexIntervalBytes, indexing.offsets(), indexing.times()));
        return recovered;
    }

    /** One that a cleaning has made, and that takes the place of others, with its open files. */
    public static Segment cleaned(
            SegmentPlace place,
            int size,
            int indexIntervalBytes,
            List<AbortedTransactions.Entry> aborted,
            MaxTimestamp maxTimestamp,
            SegmentFiles files) {
        Segment cleaned =
                new Segment(place, size, indexIntervalBytes, AbortedTransactions.known(place, aborted), maxTimestamp);
        cleaned.files = files;
        return cleaned;
    }

    public long baseOffset() {
        return place.baseOffset();
    }

    public int sizeInBytes() {
        return size;
    }

    public AbortedTransactions aborted() {
        return aborted;
    }

    /** For messages. */
    public String description() {
        return place.describe(LogFileNames.LOG);
    }

    public boolean isGone() {
        return gone;
    }

    // ---- Files

    /**
     * The files, for the caller to release.
     *
     * @throws SegmentGoneException when the segment has been deleted or truncated
     */
    SegmentFiles retain() throws IOException {
        SegmentFiles open = owned();
        if (gone || !open.retain()) {
            throw new SegmentGoneException(place.path(LogFileNames.LOG));
        }
        return open;
    }

    private SegmentFiles owned() throws IOException {
        SegmentFiles open = files;
        return open != null ? open : openFiles();
    }

    private synchronized SegmentFiles openFiles() throws IOException {
        SegmentFiles open = files;
        if (open == null) {
            if (gone) {
                throw new SegmentGoneException(place.path(LogFileNames.LOG));
            }
            boolean fresh = size == 0;
            DiskFile log = place.openLog(fresh);
            open = new SegmentFiles(
                    log,
                    fresh
                            ? SegmentIndexes.empty(place, log, indexIntervalBytes)
                            : SegmentIndexes.stored(place, log, indexIntervalBytes));
            files = open;
        }
        return open;
    }

    // ---- The loop's side

    /** Whether an index has no room for another entry. */
    boolean isIndexFull(int maxIndexBytes) {
        SegmentFiles open = files;
        return open != null && open.indexes().areFull(maxIndexBytes);
    }

    /**
     * Whether what is appended will be found again: not behind a batch that is damaged, or says wrongly where it ends. Looked
     * at once, before the first append to a segment of an earlier run.
     */
    public boolean isSoundAt(long logEndOffset) throws IOException {
        if (!endChecked) {
            try {
                if (reads.endOffset() != logEndOffset) {
                    return false;
                }
            } catch (LogCorruptException e) {
                LOG.debug("file={} error={}", description(), e.getMessage());
                return false;
            }
            endChecked = true;
        }
        return true;
    }

    boolean canHold(long offset) {
        return offset - baseOffset() <= SegmentPlace.RELATIVE_OFFSET_MAX;
    }

    /** Writes behind the end, without telling readers. */
    public void write(ByteBuffer batches) throws IOException {
        owned().log().write(batches, size);
    }

    /** Takes back what a failed write left behind the end. */
    public void cutUnpublished() throws IOException {
        SegmentFiles open = files;
        if (open != null) {
            open.log().truncate(size);
        }
    }

    /** Enters a batch that was written into the indexes, and lets readers see it. */
    public void publish(int batchSize, long lastOffset, long batchMaxTimestamp) throws IOException {
        SegmentFiles open = owned();
        int position = size;
        MaxTimestamp known = maxTimestamp();
        if (batchMaxTimestamp > known.timestampMs()) {
            known = new MaxTimestamp(batchMaxTimestamp, lastOffset);
            maxTimestamp = known;
        }
        if (position == 0) {
            firstTimestamp = batchMaxTimestamp;
        }
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            try {
                open.indexes().add(lastOffset, position, known);
                bytesSinceIndexEntry = 0;
            } catch (DiskFullException later) {
                // An index is sparse: the next batch gets an entry, when there is room.
                LOG.debug("file={} error={}", place.path(LogFileNames.OFFSET_INDEX), later.getMessage());
            }
        }
        bytesSinceIndexEntry += batchSize;
        reads.onAppended(lastOffset, position + batchSize);
        size = position + batchSize;
    }

    /** Nothing is appended any more: the indexes go to their files. */
    public void seal() throws IOException {
        if (size > 0) {
            owned().indexes().seal(maxTimestamp(), size);
        }
        aborted.store();
    }

    /** Forces what is written so far; any thread. */
    public void force(boolean indexesToo) throws IOException {
        if (size == 0) {
            return;
        }
        SegmentFiles open = retain();
        try {
            open.log().force();
            if (indexesToo) {
                open.indexes().force(size);
                aborted.force();
            }
        } finally {
            open.release();
        }
    }

    /** Forces what cannot be checked when it is opened. */
    public void forceLargeIndexes() throws IOException {
        if (size > 0) {
            owned().indexes().forceLarge(size);
            aborted.force();
        }
    }

    /** Lets go of the files, without touching them. */
    public synchronized void close() {
        SegmentFiles open = files;
        if (!gone) {
            gone = true;
            if (open != null) {
                open.indexes().disown();
                open.release();
            }
        }
    }

    /** Removes the files. Slices that are being sent keep theirs until they are released. */
    public void delete() throws IOException {
        close();
        place.delete();
    }

    /** Takes the names from the files, which are removed later. */
    public void retire(RetiredFiles retired) throws IOException {
        close();
        for (String suffix : SegmentPlace.FILES) {
            retired.retire(place.path(suffix));
        }
    }

    /** The segment without what begins at {@code position}. This one is gone then. */
    public Segment truncate(int position, long offset) throws IOException {
        aborted.truncate(offset);
        aborted.store();
        SegmentFiles open = owned();
        synchronized (this) {
            gone = true;
            open.indexes().disown();
        }
        SegmentCut.cut(place, open, position);
        place.deleteIndexes();
        Segment rest = existing(place, position, indexIntervalBytes);
        rest.index();
        return rest;
    }

    /** Makes indexes that are to be added to: sealed ones have an entry that is not due yet. */
    private synchronized void index() throws IOException {
        DiskFile log = place.openLog(size == 0);
        SegmentIndexing indexing = SegmentIndexing.of(place, indexIntervalBytes);
        files = new SegmentFiles(
                log, SegmentIndexes.made(place, log, indexIntervalBytes, indexing.offsets(), indexing.times()));
        indexing.through(new BatchScan(log, 0, size));
        maxTimestamp = indexing.maxTimestamp();
        bytesSinceIndexEntry = indexing.bytesSinceEntry();
        endChecked = true;
    }

    // ---- Any thread's side

    /** The largest timestamp of the first batch: by it and segment.ms the segment is rolled. Not known of a damaged one. */
    public long firstTimestamp() throws IOException {
        if (firstTimestamp == Long.MIN_VALUE && size > 0) {
            SegmentFiles open = retain();
            try {
                BatchScan scan = BatchScan.lookUp(open.log(), 0, size);
                if (scan.next()) {
                    firstTimestamp = scan.maxTimestamp();
                }
            } catch (LogCorruptException e) {
                LOG.warn("file={} action=do not roll by time error={}", description(), e.getMessage());
                firstTimestamp = BatchHeader.NO_TIMESTAMP;
            } finally {
                open.release();
            }
        }
        return firstTimestamp;
    }

    public MaxTimestamp maxTimestamp() throws IOException {
        MaxTimestamp known = maxTimestamp;
        if (known == null) {
            SegmentFiles open = retain();
            try {
                known = open.indexes().maxTimestamp(size);
                maxTimestamp = known;
            } finally {
                open.release();
            }
        }
        return known;
    }

    /** Of both indexes. */
    public IndexSizes indexSizes() throws IOException {
        if (size == 0) {
            return IndexSizes.NONE;
        }
        SegmentFiles open = retain();
        try {
            return open.indexes().sizes(size);
        } finally {
            open.release();
        }
    }

    /**
     * A slice from the batch that holds {@code offset} on.
     *
     * @param limit no batch with records from here on
     * @param segmentEnd the offset where the next segment begins; Long.MAX_VALUE for the active one
     * @return null when all records here are below {@code offset}
     */
    @Nullable
    public SegmentSlice read(long offset, int maxBytes, long limit, long segmentEnd, boolean atLeastOneBatch)
            throws IOException {
        return reads.read(offset, maxBytes, limit, segmentEnd, atLeastOneBatch);
    }

    /** The place to truncate at: where the batch begins that holds {@code offset}, or the first one after it. */
    public long truncationBoundary(long offset) throws IOException {
        return reads.truncationBoundary(offset);
    }

    /** The offset after the last record; the base offset without one. */
    public long endOffset() throws IOException {
        return reads.endOffset();
    }

    /** Somebody who looks at batches; returns whether to go on. */
    public interface BatchVisitor {
        boolean visit(BatchScan batch) throws IOException;
    }

    /** Visits the batches from the one that holds {@code from} on; false when the visitor has had enough. */
    public boolean scan(long from, BatchVisitor visitor) throws IOException {
        return scan(from, visitor, ByteBuffer.allocate(BatchScan.WINDOW_BYTES));
    }

    public boolean scan(long from, BatchVisitor visitor, ByteBuffer window) throws IOException {
        return reads.scan(from, visitor, window);
    }

    /** An offset below which all records are older than {@code timestampMs}, to scan from. */
    public long offsetBefore(long timestampMs) throws IOException {
        SegmentFiles open = retain();
        try {
            return open.indexes().offsetBefore(timestampMs, size);
        } finally {
            open.release();
        }
    }
}
