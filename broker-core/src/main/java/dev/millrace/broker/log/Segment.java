package dev.millrace.broker.log;

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
final class Segment {
    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);
    static final long RELATIVE_OFFSET_MAX = Integer.MAX_VALUE;
    private static final int PAGE_BYTES = 4096;
    private static final int NEWER_BATCHES_LOOKED_AT = 256;

    /** The log is the last to go: whatever a crash leaves belongs to a segment that is still there. */
    private static final List<String> FILES = List.of(
            LogFileNames.OFFSET_INDEX, LogFileNames.TIME_INDEX, LogFileNames.TRANSACTION_INDEX, LogFileNames.LOG);

    /** The reader was too late: it looks for the segment again. */
    static final class GoneException extends IOException {
        private static final long serialVersionUID = 1L;

        GoneException(String message) {
            super(message);
        }
    }

    /** The largest timestamp so far, and the last offset of the first batch that has it. */
    record MaxTimestamp(long timestampMs, long offset) {
        static final MaxTimestamp NONE = new MaxTimestamp(BatchHeader.NO_TIMESTAMP, -1);
    }

    private final Disk disk;
    private final String directory;
    private final long baseOffset;
    private final int indexIntervalBytes;
    private final AbortedTransactions aborted;
    private final BoundaryCache boundaries = new BoundaryCache();
    private final VerifiedRanges verified = new VerifiedRanges();

    /** What follows was checked when it was appended or recovered; what comes before, when it is read first. */
    private volatile int checkedFrom;

    private volatile int size;
    private volatile boolean gone;
    private volatile @Nullable SegmentFiles files;
    private volatile @Nullable MaxTimestamp maxTimestamp;
    private volatile long firstTimestamp = Long.MIN_VALUE;

    /** The loop's own. */
    private int bytesSinceIndexEntry;

    private Segment(
            Disk disk,
            String directory,
            long baseOffset,
            int size,
            int indexIntervalBytes,
            AbortedTransactions aborted,
            @Nullable MaxTimestamp maxTimestamp) {
        this.disk = disk;
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.size = size;
        this.indexIntervalBytes = indexIntervalBytes;
        this.aborted = aborted;
        this.maxTimestamp = maxTimestamp;
        this.checkedFrom = size;
    }

    /** A new one, without files. */
    static Segment empty(Disk disk, String directory, long baseOffset, int indexIntervalBytes) {
        return new Segment(
                disk,
                directory,
                baseOffset,
                0,
                indexIntervalBytes,
                AbortedTransactions.empty(disk, path(directory, baseOffset, LogFileNames.TRANSACTION_INDEX)),
                MaxTimestamp.NONE);
    }

    /** One whose files are there and whole. */
    static Segment existing(Disk disk, String directory, long baseOffset, int size, int indexIntervalBytes) {
        return new Segment(
                disk,
                directory,
                baseOffset,
                size,
                indexIntervalBytes,
                AbortedTransactions.stored(disk, path(directory, baseOffset, LogFileNames.TRANSACTION_INDEX)),
                null);
    }

    /** One that a cleaning has made, and that takes the place of others, with its open files. */
    static Segment cleaned(
            Disk disk,
            String directory,
            long baseOffset,
            int size,
            int indexIntervalBytes,
            List<AbortedTransactions.Entry> aborted,
            MaxTimestamp maxTimestamp,
            SegmentFiles files) {
        Segment cleaned = new Segment(
                disk,
                directory,
                baseOffset,
                size,
                indexIntervalBytes,
                AbortedTransactions.known(disk, path(directory, baseOffset, LogFileNames.TRANSACTION_INDEX), aborted),
                maxTimestamp);
        cleaned.files = files;
        return cleaned;
    }

    static String path(String directory, long baseOffset, String suffix) {
        return directory + '/' + LogFileNames.of(baseOffset, suffix);
    }

    long baseOffset() {
        return baseOffset;
    }

    int sizeInBytes() {
        return size;
    }

    AbortedTransactions aborted() {
        return aborted;
    }

    boolean isGone() {
        return gone;
    }

    private String path(String suffix) {
        return path(directory, baseOffset, suffix);
    }

    // ---- Files

    /**
     * The files, for the caller to release.
     *
     * @throws GoneException when the segment has been deleted or truncated
     */
    SegmentFiles retain() throws IOException {
        SegmentFiles open = files;
        if (open == null) {
            open = openFiles();
        }
        if (gone || !open.retain()) {
            throw new GoneException(path(LogFileNames.LOG));
        }
        return open;
    }

    private synchronized SegmentFiles openFiles() throws IOException {
        SegmentFiles open = files;
        if (open == null) {
            if (gone) {
                throw new GoneException(path(LogFileNames.LOG));
            }
            boolean fresh = size == 0;
            open = new SegmentFiles(disk.open(path(LogFileNames.LOG), fresh));
            if (fresh) {
                Indexes empty = emptyIndexes();
                open.indexes(empty.offsets, empty.times);
            }
            files = open;
        }
        return open;
    }

    private SegmentFiles owned() throws IOException {
        SegmentFiles open = files;
        return open != null ? open : openFiles();
    }

    private IndexFile offsets(SegmentFiles open) throws IOException {
        IndexFile known = open.offsets();
        return known != null ? known : openIndexes(open).offsets;
    }

    private IndexFile times(SegmentFiles open) throws IOException {
        IndexFile known = open.times();
        return known != null ? known : openIndexes(open).times;
    }

    private record Indexes(IndexFile offsets, IndexFile times) {}

    private synchronized Indexes openIndexes(SegmentFiles open) throws IOException {
        IndexFile offsets = open.offsets();
        IndexFile times = open.times();
        if (offsets != null && times != null) {
            return new Indexes(offsets, times);
        }
        if (gone) {
            throw new GoneException(path(LogFileNames.OFFSET_INDEX));
        }
        Indexes opened = openSoundIndexes(open.log());
        if (opened == null) {
            LOG.warn("file={} action=make indexes anew reason=missing or damaged", path(LogFileNames.OFFSET_INDEX));
            opened = rebuildIndexes(open.log());
        }
        open.indexes(opened.offsets, opened.times);
        return opened;
    }

    private Indexes emptyIndexes() {
        return new Indexes(
                IndexFile.empty(IndexFile.Kind.OFFSET, disk, path(LogFileNames.OFFSET_INDEX)),
                IndexFile.empty(IndexFile.Kind.TIME, disk, path(LogFileNames.TIME_INDEX)));
    }

    private @Nullable Indexes openSoundIndexes(DiskFile log) throws IOException {
        IndexFile offsets = IndexFile.open(IndexFile.Kind.OFFSET, disk, path(LogFileNames.OFFSET_INDEX));
        IndexFile times = IndexFile.open(IndexFile.Kind.TIME, disk, path(LogFileNames.TIME_INDEX));
        try {
            if (offsets != null && times != null && matches(offsets, times, log)) {
                return new Indexes(offsets, times);
            }
        } catch (LogCorruptException e) {
            // Either the indexes lead astray or the log is damaged: going through the log will tell.
            LOG.debug("file={} error={}", path(LogFileNames.OFFSET_INDEX), e.getMessage());
        }
        if (offsets != null) {
            offsets.close();
        }
        if (times != null) {
            times.close();
        }
        return null;
    }

    /** Whether the entries asked name batches of the log. More is not known without reading everything. */
    private boolean matches(IndexFile offsets, IndexFile times, DiskFile log) throws IOException {
        IndexFile.Cursor time = times.cursor();
        IndexFile.Cursor offset = offsets.cursor();
        int lastTime = time.entries() - 1;
        int lastOffset = offset.entries() - 1;
        if (lastTime < 0) {
            return false; // it has an entry once the segment is sealed
        }
        long newest = baseOffset + time.value(lastTime);
        int before = offset.floor(time.value(lastTime), IndexFile.By.KEY);
        if (!namesBatch(offset, lastOffset, log) || !namesBatch(offset, before, log)) {
            return false;
        }
        BatchScan scan = BatchScan.lookUp(log, before < 0 ? 0 : offset.value(before), size);
        boolean found = false;
        while (!found && scan.next() && scan.lastOffset() <= newest) {
            found = scan.lastOffset() == newest && scan.maxTimestamp() == time.key(lastTime);
        }
        return found
                && !isAnyNewer(scan, time.key(lastTime))
                && !isAnyNewer(
                        BatchScan.lookUp(log, lastOffset < 0 ? 0 : offset.value(lastOffset), size), time.key(lastTime));
    }

    /** A time index that has lost whole entries at its end looks like a sound one; not to the batches behind. */
    private static boolean isAnyNewer(BatchScan scan, long timestampMs) throws IOException {
        for (int i = 0; i < NEWER_BATCHES_LOOKED_AT && scan.next(); i++) {
            if (scan.maxTimestamp() > timestampMs) {
                return true;
            }
        }
        return false;
    }

    private boolean namesBatch(IndexFile.Cursor offset, int entry, DiskFile log) throws IOException {
        if (entry < 0) {
            return true; // the log's beginning
        }
        int position = offset.value(entry);
        return position > 0 && position < size && beginsBatch(log, position, offset.key(entry));
    }

    private boolean beginsBatch(DiskFile log, int position, long relativeLastOffset) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(BatchHeader.RECORDS_AT);
        return log.read(header, position) == BatchHeader.RECORDS_AT
                && BatchHeader.magic(header, 0) == BatchHeader.MAGIC
                && BatchHeader.lastOffset(header, 0) - baseOffset == relativeLastOffset;
    }

    private Indexes rebuildIndexes(DiskFile log) throws IOException {
        Indexes fresh = emptyIndexes();
        SegmentIndexing indexing =
                new SegmentIndexing(fresh.offsets, fresh.times, baseOffset, indexIntervalBytes, MaxTimestamp.NONE);
        try {
            BatchScan scan = new BatchScan(log, 0, size);
            while (scan.next()) {
                indexing.onBatch(scan.position(), scan.sizeInBytes(), scan.lastOffset(), scan.maxTimestamp());
            }
        } catch (LogCorruptException e) {
            // Whoever reads there is told; appends and what comes before need not suffer.
            LOG.error("damaged records error={}", e.getMessage());
        }
        indexing.seal();
        return fresh;
    }

    /** Takes what recovery has found out, in place of what is on disk. */
    void recovered(SegmentRecovery.Outcome outcome) {
        size = outcome.sizeInBytes();
        checkedFrom = outcome.checkedFrom();
        maxTimestamp = outcome.indexing().maxTimestamp();
        bytesSinceIndexEntry = outcome.indexing().bytesSinceEntry();
        SegmentFiles open = new SegmentFiles(outcome.log());
        open.indexes(outcome.indexing().offsets(), outcome.indexing().times());
        files = open;
    }

    // ---- The loop's side

    /** Whether an index has no room for another entry. */
    boolean isIndexFull(int maxIndexBytes) {
        SegmentFiles open = files;
        IndexFile offsets = open == null ? null : open.offsets();
        IndexFile times = open == null ? null : open.times();
        return offsets != null
                && times != null
                && (offsets.count() >= maxIndexBytes / IndexFile.Kind.OFFSET.entryBytes
                        || times.count() >= maxIndexBytes / IndexFile.Kind.TIME.entryBytes);
    }

    boolean canHold(long offset) {
        return offset - baseOffset <= RELATIVE_OFFSET_MAX;
    }

    /** Writes behind the end, without telling readers. */
    void write(ByteBuffer batches) throws IOException {
        owned().log().write(batches, size);
    }

    /** Takes back what a failed write left behind the end. */
    void cutUnpublished() throws IOException {
        SegmentFiles open = files;
        if (open != null) {
            open.log().truncate(size);
        }
    }

    /** Enters a batch that was written into the indexes, and lets readers see it. */
    void publish(int batchSize, long lastOffset, long batchMaxTimestamp) throws IOException {
        SegmentFiles open = owned();
        int position = size;
        MaxTimestamp known = maxTimestamp();
        if (batchMaxTimestamp > known.timestampMs) {
            known = new MaxTimestamp(batchMaxTimestamp, lastOffset);
            maxTimestamp = known;
        }
        if (position == 0) {
            firstTimestamp = batchMaxTimestamp;
        }
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            try {
                SegmentIndexing.addEntry(
                        offsets(open), times(open), (int) (lastOffset - baseOffset), position, known, baseOffset);
                bytesSinceIndexEntry = 0;
            } catch (DiskFullException later) {
                // An index is sparse: the next batch gets an entry, when there is room.
                LOG.debug("file={} error={}", path(LogFileNames.OFFSET_INDEX), later.getMessage());
            }
        }
        bytesSinceIndexEntry += batchSize;
        boundaries.put(Boundary.of(lastOffset + 1 - baseOffset, position + batchSize));
        size = position + batchSize;
    }

    /** Nothing is appended any more: the indexes go to their files. */
    void seal() throws IOException {
        if (size > 0) {
            SegmentFiles open = owned();
            SegmentIndexing.addLast(times(open), maxTimestamp(), baseOffset);
            offsets(open).store();
            times(open).store();
        }
        aborted.store();
    }

    /** Forces what is written so far; any thread. */
    void force(boolean indexesToo) throws IOException {
        if (size == 0) {
            return;
        }
        SegmentFiles open = retain();
        try {
            open.log().force();
            if (indexesToo) {
                offsets(open).force();
                times(open).force();
                aborted.force();
            }
        } finally {
            open.release();
        }
    }

    /**
     * Forces what cannot be checked when it is opened. An index that fits into one page is on disk as a whole or not at all,
     * and its last entry tells.
     */
    void forceLargeIndexes() throws IOException {
        if (size > 0) {
            SegmentFiles open = owned();
            if (offsets(open).sizeInBytes() > PAGE_BYTES) {
                offsets(open).force();
            }
            if (times(open).sizeInBytes() > PAGE_BYTES) {
                times(open).force();
            }
            aborted.force();
        }
    }

    /** Lets go of the files, without touching them. */
    void close() {
        letGo();
    }

    private synchronized void letGo() {
        if (gone) {
            return;
        }
        gone = true;
        SegmentFiles open = files;
        if (open != null) {
            open.release();
        }
    }

    /** Removes the files. Slices that are being sent keep theirs until they are released. */
    void delete() throws IOException {
        letGo();
        for (String suffix : FILES) {
            disk.delete(path(suffix));
        }
    }

    /** Takes the names from the files, which are removed later. */
    void retire(RetiredFiles retired) throws IOException {
        letGo();
        for (String suffix : FILES) {
            retired.retire(path(suffix));
        }
    }

    /**
     * The segment without what begins at {@code position}. This one is gone then. While others read from its file, the rest
     * is copied, so that they go on with what they have.
     */
    Segment truncate(int position, long offset) throws IOException {
        aborted.truncate(offset);
        aborted.store();
        SegmentFiles open = owned();
        synchronized (this) {
            gone = true;
        }
        if (open.releaseAlone()) {
            try (DiskFile log = disk.open(path(LogFileNames.LOG), false)) {
                log.truncate(position);
                log.force();
            }
        } else {
            copyHead(open.log(), position);
            open.release();
        }
        disk.delete(path(LogFileNames.OFFSET_INDEX));
        disk.delete(path(LogFileNames.TIME_INDEX));
        Segment rest = existing(disk, directory, baseOffset, position, indexIntervalBytes);
        rest.reindex();
        return rest;
    }

    private void copyHead(DiskFile from, int length) throws IOException {
        String partial = path(LogFileNames.LOG + LogFileNames.PARTIAL);
        ByteBuffer buffer = ByteBuffer.allocate(Math.max(1, Math.min(length, 1 << 20)));
        try (DiskFile to = disk.open(partial, true)) {
            to.truncate(0);
            for (int at = 0; at < length; at += buffer.limit()) {
                buffer.clear().limit(Math.min(buffer.capacity(), length - at));
                from.read(buffer, at);
                to.write(buffer.flip(), at);
            }
            to.force();
        }
        disk.rename(partial, path(LogFileNames.LOG));
    }

    private synchronized void reindex() throws IOException {
        Indexes fresh = emptyIndexes();
        SegmentFiles open = owned();
        SegmentIndexing indexing =
                new SegmentIndexing(fresh.offsets, fresh.times, baseOffset, indexIntervalBytes, MaxTimestamp.NONE);
        BatchScan scan = new BatchScan(open.log(), 0, size);
        while (scan.next()) {
            indexing.onBatch(scan.position(), scan.sizeInBytes(), scan.lastOffset(), scan.maxTimestamp());
        }
        open.indexes(fresh.offsets, fresh.times);
        maxTimestamp = indexing.maxTimestamp();
        bytesSinceIndexEntry = indexing.bytesSinceEntry();
    }

    /** The offset after the last record; the base offset without one. */
    long endOffset() throws IOException {
        long end = baseOffset;
        SegmentFiles open = owned();
        BatchScan scan = new BatchScan(open.log(), indexed(open, RELATIVE_OFFSET_MAX, size), size);
        while (scan.next()) {
            end = scan.lastOffset() + 1;
        }
        return end;
    }

    // ---- Any thread's side

    /** The largest timestamp of the first batch: by it and segment.ms the segment is rolled. */
    long firstTimestamp() throws IOException {
        if (firstTimestamp == Long.MIN_VALUE && size > 0) {
            SegmentFiles open = retain();
            try {
                BatchScan scan = BatchScan.lookUp(open.log(), 0, size);
                if (scan.next()) {
                    firstTimestamp = scan.maxTimestamp();
                }
            } finally {
                open.release();
            }
        }
        return firstTimestamp;
    }

    long indexSizeInBytes(IndexFile.Kind kind) throws IOException {
        if (size == 0) {
            return 0;
        }
        SegmentFiles open = retain();
        try {
            return (kind == IndexFile.Kind.OFFSET ? offsets(open) : times(open)).sizeInBytes();
        } finally {
            open.release();
        }
    }

    MaxTimestamp maxTimestamp() throws IOException {
        MaxTimestamp known = maxTimestamp;
        if (known == null) {
            SegmentFiles open = retain();
            try {
                IndexFile.Cursor cursor = times(open).cursor();
                int last = cursor.entries() - 1;
                known = last < 0
                        ? MaxTimestamp.NONE
                        : new MaxTimestamp(cursor.key(last), baseOffset + cursor.value(last));
                maxTimestamp = known;
            } finally {
                open.release();
            }
        }
        return known;
    }

    /**
     * A slice from the batch that holds {@code offset} on.
     *
     * @param limit no batch with records from here on
     * @param segmentEnd the offset where the next segment begins; Long.MAX_VALUE for the active one
     * @return null when all records here are below {@code offset}
     */
    @Nullable
    SegmentSlice read(long offset, int maxBytes, long limit, long segmentEnd, boolean atLeastOneBatch)
            throws IOException {
        SegmentFiles open = retain();
        boolean handedOver = false;
        try {
            int end = size;
            long start = boundary(open, offset, end, true);
            int from = Boundary.position(start);
            if (from >= end) {
                return null;
            }
            long nextOffset;
            int to;
            if (limit >= segmentEnd) {
                to = end;
                nextOffset = segmentEnd;
            } else {
                long stop = boundary(open, limit, end, false);
                to = Boundary.position(stop);
                nextOffset = baseOffset + Boundary.relativeOffset(stop);
            }
            if (to - from > maxBytes) {
                long stop = cut(open, start, maxBytes, end, atLeastOneBatch);
                to = Boundary.position(stop);
                nextOffset = baseOffset + Boundary.relativeOffset(stop);
                boundaries.put(stop);
            }
            if (to <= from) {
                if (offset < limit) {
                    ensureReaches(open, from, end, limit);
                }
                return SegmentSlice.empty(offset);
            }
            if (!isVerified(from, to)) {
                Verification verification = new Verification(open.log(), baseOffset, Math.min(segmentEnd, limit) - 1);
                if (!verify(verification, from, to, end)) {
                    to = verification.position();
                    nextOffset = verification.nextOffset();
                }
            }
            handedOver = true;
            return new SegmentSlice(open, from, to - from, nextOffset);
        } finally {
            if (!handedOver) {
                open.release();
            }
        }
    }

    /** No record has the offset: either compaction has taken it, or the batch before says wrongly where it ends. */
    private void ensureEndsBefore(SegmentFiles open, int before, int end) throws IOException {
        if (!isVerified(before, end)) {
            verify(new Verification(open.log(), baseOffset, Long.MAX_VALUE), before, end, end);
        }
    }

    /** The batch at {@code from} should be the reader's: a wrong offset must not have it wait there for ever. */
    private void ensureReaches(SegmentFiles open, int from, int end, long limit) throws IOException {
        BatchScan scan = BatchScan.lookUp(open.log(), from, end);
        if (scan.next() && scan.baseOffset() >= limit) {
            throw damaged(from, "offset " + scan.baseOffset() + " before offset " + limit);
        }
        int behind = from + scan.sizeInBytes();
        if (!isVerified(from, behind)) {
            verify(new Verification(open.log(), baseOffset, Long.MAX_VALUE), from, behind, end);
        }
    }

    private LogCorruptException damaged(int position, String damage) {
        return new LogCorruptException("the batch at position " + position + " of "
                + disk.describe(path(LogFileNames.LOG)) + " is damaged (" + damage
                + "): restore the file from a copy or a replica; until then consumers can only go on by seeking to"
                + " an offset behind it");
    }

    private boolean isVerified(int from, int to) {
        return from >= checkedFrom || verified.cover(from, Math.min(to, checkedFrom));
    }

    /**
     * Whether all of it may be sent. When only the beginning may, the reader comes back for the rest and is told then.
     *
     * @throws LogCorruptException when not even its first batch may
     */
    private boolean verify(Verification verification, int from, int to, int end) throws IOException {
        boolean sound = verification.verify(from, to, end);
        if (verification.position() > from) {
            verified.add(from, verification.position());
        }
        if (!sound && verification.position() == from) {
            throw damaged(from, verification.damage());
        }
        return sound;
    }

    /**
     * Where the first batch with a record at or after {@code offset} begins; the end when there is none.
     *
     * @param sure whether a batch before it that may wrongly say where it ends is an error
     */
    private long boundary(SegmentFiles open, long offset, int end, boolean sure) throws IOException {
        long relative = offset - baseOffset;
        if (relative <= 0) {
            return Boundary.of(0, 0);
        }
        if (relative > RELATIVE_OFFSET_MAX + 1) {
            return Boundary.of(RELATIVE_OFFSET_MAX + 1, end);
        }
        long known = boundaries.get(relative);
        if (known != BoundaryCache.NONE) {
            return known;
        }
        BatchScan scan = BatchScan.lookUp(open.log(), indexed(open, relative, end), end);
        int before = -1;
        while (scan.next()) {
            if (scan.lastOffset() < offset) {
                before = scan.position();
            } else {
                if (sure && scan.baseOffset() > offset && before >= 0) {
                    ensureEndsBefore(open, before, scan.position());
                }
                long found = Boundary.of(Math.min(scan.baseOffset() - baseOffset, relative), scan.position());
                boundaries.put(found);
                return found;
            }
        }
        return Boundary.of(relative, end);
    }

    /** Where a batch begins that is not behind the one with the offset. */
    private int indexed(SegmentFiles open, long relative, int end) throws IOException {
        return indexed(open, relative, IndexFile.By.KEY, 0, end);
    }

    /**
     * By the last entry that is at most {@code target}, if it is behind {@code least}. An entry is not believed before the
     * batch that it names was seen: one flipped bit in it would have records skipped.
     */
    private int indexed(SegmentFiles open, long target, IndexFile.By by, int least, int end) throws IOException {
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                IndexFile.Cursor cursor = offsets(open).cursor();
                int entry = cursor.floor(target, by);
                int position = entry < 0 ? 0 : cursor.value(entry);
                if (entry < 0 || (position >= 0 && position <= least)) {
                    return least;
                }
                // Its batch may be one that is written and not published yet.
                if (position > 0 && beginsBatch(open.log(), position, cursor.key(entry))) {
                    return Math.min(position, end);
                }
            } catch (LogCorruptException cutOff) {
                LOG.debug("file={} error={}", path(LogFileNames.OFFSET_INDEX), cutOff.getMessage());
            }
            makeIndexesAnew(open, offsets(open));
        }
        return least;
    }

    private synchronized void makeIndexesAnew(SegmentFiles open, IndexFile damaged) throws IOException {
        if (open.offsets() != damaged || gone) {
            return; // somebody else has done it
        }
        LOG.warn("file={} action=make indexes anew reason=damaged", disk.describe(path(LogFileNames.OFFSET_INDEX)));
        // Others may be reading the damaged ones: they keep their files.
        disk.delete(path(LogFileNames.OFFSET_INDEX));
        disk.delete(path(LogFileNames.TIME_INDEX));
        Indexes fresh = rebuildIndexes(open.log());
        open.indexes(fresh.offsets, fresh.times);
    }

    /** The last boundary that is at most {@code maxBytes} behind {@code start}; behind its first batch at least, if asked. */
    private long cut(SegmentFiles open, long start, int maxBytes, int end, boolean atLeastOneBatch) throws IOException {
        int from = Boundary.position(start);
        long farthest = (long) from + Math.max(0, maxBytes);
        int near = indexed(open, farthest, IndexFile.By.VALUE, from, end);
        long last = start;
        BatchScan scan = BatchScan.lookUp(open.log(), near, end);
        while (scan.next()) {
            int behind = scan.position() + scan.sizeInBytes();
            if (behind > farthest && !(atLeastOneBatch && scan.position() == from)) {
                return scan.position() == from ? start : Boundary.of(scan.baseOffset() - baseOffset, scan.position());
            }
            last = Boundary.of(scan.lastOffset() + 1 - baseOffset, behind);
        }
        return last;
    }

    /** The place to truncate at: where the batch begins that holds {@code offset}, or the first one after it. */
    long truncationBoundary(long offset) throws IOException {
        if (size == 0) {
            return Boundary.of(Math.max(0, offset - baseOffset), 0);
        }
        SegmentFiles open = retain();
        try {
            return boundary(open, offset, size, false);
        } finally {
            open.release();
        }
    }

    /** Somebody who looks at batches; returns whether to go on. */
    interface BatchVisitor {
        boolean visit(BatchScan batch) throws IOException;
    }

    /** Visits the batches from the one that holds {@code from} on; false when the visitor has had enough. */
    boolean scan(long from, BatchVisitor visitor) throws IOException {
        return scan(from, visitor, ByteBuffer.allocate(BatchScan.WINDOW_BYTES));
    }

    boolean scan(long from, BatchVisitor visitor, ByteBuffer window) throws IOException {
        if (size == 0) {
            return true;
        }
        SegmentFiles open = retain();
        try {
            int end = size;
            BatchScan scan =
                    new BatchScan(open.log(), Boundary.position(boundary(open, from, end, false)), end, window);
            while (scan.next()) {
                if (!visitor.visit(scan)) {
                    return false;
                }
            }
            return true;
        } finally {
            open.release();
        }
    }

    /** Whether the batch that ends with the offset has this as its largest timestamp. */
    private boolean isTimeOf(SegmentFiles open, int relativeLastOffset, long timestampMs) throws IOException {
        if (relativeLastOffset < 0) {
            return false;
        }
        BatchScan scan = BatchScan.lookUp(open.log(), indexed(open, relativeLastOffset, size), size);
        long last = baseOffset + relativeLastOffset;
        while (scan.next() && scan.lastOffset() <= last) {
            if (scan.lastOffset() == last) {
                return scan.maxTimestamp() == timestampMs;
            }
        }
        return false;
    }

    /** An offset below which all records are older than {@code timestampMs}, to scan from. */
    long offsetBefore(long timestampMs) throws IOException {
        SegmentFiles open = retain();
        try {
            for (int attempt = 0; attempt < 2; attempt++) {
                IndexFile offsetsNow = offsets(open);
                IndexFile.Cursor cursor = times(open).cursor();
                int entry = cursor.floor(timestampMs - 1, IndexFile.By.KEY);
                if (entry < 0) {
                    return baseOffset;
                }
                if (isTimeOf(open, cursor.value(entry), cursor.key(entry))) {
                    return baseOffset + cursor.value(entry);
                }
                makeIndexesAnew(open, offsetsNow);
            }
            return baseOffset;
        } finally {
            open.release();
        }
    }
}
