package dev.millrace.broker.log.index;

import dev.millrace.broker.log.batch.BatchScan;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentGoneException;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.disk.LogCorruptException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offset index and the time index of a segment whose log file is open. They are opened when somebody asks first, checked
 * then, and made anew from the log when they lead astray, then or later: nothing in them is believed before the batch that
 * it names was seen. The loop adds, any thread looks up.
 *
 * <p>{@code end} is in all methods where the last batch ends that the caller knows of.
 */
public final class SegmentIndexes {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexes.class);
    private static final int PAGE_BYTES = 4096;
    private static final int ATTEMPTS = 2;

    private record Pair(IndexFile offsets, IndexFile times) {
        void close() throws IOException {
            try {
                offsets.close();
            } finally {
                times.close();
            }
        }
    }

    private final SegmentPlace place;
    private final DiskFile log;
    private final int intervalBytes;
    private volatile @Nullable Pair pair;

    /** Replaced ones, that somebody may still be reading. */
    private final List<Pair> former = new CopyOnWriteArrayList<>();

    /** Guarded by this. The names of the files are not this segment's any more, or will not be in a moment. */
    private boolean disowned;

    private SegmentIndexes(SegmentPlace place, DiskFile log, int intervalBytes, @Nullable Pair pair) {
        this.place = place;
        this.log = log;
        this.intervalBytes = intervalBytes;
        this.pair = pair;
    }

    /** What is in the files, if it can be believed. */
    public static SegmentIndexes stored(SegmentPlace place, DiskFile log, int intervalBytes) {
        return new SegmentIndexes(place, log, intervalBytes, null);
    }

    /** Without entries or files. */
    public static SegmentIndexes empty(SegmentPlace place, DiskFile log, int intervalBytes) {
        return new SegmentIndexes(
                place,
                log,
                intervalBytes,
                new Pair(IndexFile.empty(IndexFile.Kind.OFFSET, place), IndexFile.empty(IndexFile.Kind.TIME, place)));
    }

    /** Just made from the log. */
    public static SegmentIndexes made(
            SegmentPlace place, DiskFile log, int intervalBytes, IndexFile offsets, IndexFile times) {
        return new SegmentIndexes(place, log, intervalBytes, new Pair(offsets, times));
    }

    /** From now on no file is opened or made; those that are open stay so. */
    public synchronized void disown() {
        disowned = true;
    }

    public void close() throws IOException {
        for (Pair replaced : former) {
            replaced.close();
        }
        Pair open = pair;
        if (open != null) {
            open.close();
        }
    }

    // ---- Opening

    private Pair open(int end) throws IOException {
        Pair known = pair;
        return known != null ? known : openStored(end);
    }

    private synchronized Pair openStored(int end) throws IOException {
        Pair opened = pair;
        if (opened != null) {
            return opened;
        }
        if (disowned) {
            throw new SegmentGoneException(place.path(LogFileNames.OFFSET_INDEX));
        }
        opened = openSound(end);
        if (opened == null) {
            LOG.warn(
                    "file={} action=make indexes anew reason=missing or damaged",
                    place.path(LogFileNames.OFFSET_INDEX));
            opened = rebuilt(end);
        }
        pair = opened;
        return opened;
    }

    private @Nullable Pair openSound(int end) throws IOException {
        IndexFile offsets = IndexFile.open(IndexFile.Kind.OFFSET, place);
        IndexFile times = IndexFile.open(IndexFile.Kind.TIME, place);
        try {
            if (offsets != null
                    && times != null
                    && new IndexCheck(log, place.baseOffset(), end).isSound(offsets, times)) {
                return new Pair(offsets, times);
            }
        } catch (LogCorruptException e) {
            // Either the indexes lead astray or the log is damaged: going through the log will tell.
            LOG.debug("file={} error={}", place.path(LogFileNames.OFFSET_INDEX), e.getMessage());
        }
        if (offsets != null) {
            offsets.close();
        }
        if (times != null) {
            times.close();
        }
        return null;
    }

    private Pair rebuilt(int end) throws IOException {
        SegmentIndexing indexing = SegmentIndexing.of(place, intervalBytes);
        try {
            indexing.through(new BatchScan(log, 0, end));
        } catch (LogCorruptException e) {
            // Whoever reads there is told; appends and what comes before need not suffer.
            LOG.error("damaged records error={}", e.getMessage());
        }
        indexing.seal();
        return new Pair(indexing.offsets(), indexing.times());
    }

    private synchronized void makeAnew(Pair damaged, int end) throws IOException {
        Pair now = pair;
        if (now == null || now.offsets != damaged.offsets || disowned) {
            return; // somebody else has done it
        }
        LOG.warn("file={} action=make indexes anew reason=damaged", place.describe(LogFileNames.OFFSET_INDEX));
        // Others may be reading the damaged ones: they keep their files.
        place.deleteIndexes();
        Pair fresh = rebuilt(end);
        former.add(damaged);
        pair = fresh;
    }

    // ---- The loop's side

    /** Whether one has no room for another entry. Nothing is opened to find out. */
    public boolean areFull(int maxIndexBytes) {
        Pair known = pair;
        return known != null
                && (known.offsets.count() >= maxIndexBytes / IndexFile.Kind.OFFSET.entryBytes
                        || known.times.count() >= maxIndexBytes / IndexFile.Kind.TIME.entryBytes);
    }

    public void add(long lastOffset, int position, MaxTimestamp max) throws IOException {
        Pair open = open(position);
        SegmentIndexing.addEntry(open.offsets, open.times, lastOffset, position, max, place.baseOffset());
    }

    /** Nothing is added any more: they go to their files. */
    public void seal(MaxTimestamp max, int end) throws IOException {
        Pair open = open(end);
        SegmentIndexing.addLast(open.times, max, place.baseOffset());
        open.offsets.store();
        open.times.store();
    }

    public void force(int end) throws IOException {
        Pair open = open(end);
        open.offsets.force();
        open.times.force();
    }

    /**
     * Forces what cannot be checked when it is opened. An index that fits into one page is on disk as a whole or not at all,
     * and its last entry tells.
     */
    public void forceLarge(int end) throws IOException {
        Pair open = open(end);
        if (open.offsets.sizeInBytes() > PAGE_BYTES) {
            open.offsets.force();
        }
        if (open.times.sizeInBytes() > PAGE_BYTES) {
            open.times.force();
        }
    }

    // ---- Any thread's side

    public IndexSizes sizes(int end) throws IOException {
        Pair open = open(end);
        return new IndexSizes(open.offsets.sizeInBytes(), open.times.sizeInBytes());
    }

    /** Of a sealed segment, or as of the latest entry. */
    public MaxTimestamp maxTimestamp(int end) throws IOException {
        IndexFile.Cursor cursor = open(end).times.cursor();
        int last = cursor.entries() - 1;
        return last < 0
                ? MaxTimestamp.NONE
                : new MaxTimestamp(cursor.key(last), place.baseOffset() + cursor.value(last));
    }

    /** Where a batch begins that is not behind the one with the offset. */
    public int floorOfOffset(long relativeOffset, int end) throws IOException {
        return floor(relativeOffset, IndexFile.By.KEY, 0, end);
    }

    /** Where a batch begins between the two positions, the later the better. */
    public int floorOfPosition(long position, int least, int end) throws IOException {
        return floor(position, IndexFile.By.VALUE, least, end);
    }

    /**
     * By the last entry that is at most {@code target}, if it is behind {@code least}. An entry is not believed before the
     * batch that it names was seen: one flipped bit in it would have records skipped.
     */
    private int floor(long target, IndexFile.By by, int least, int end) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Pair open = open(end);
            try {
                IndexFile.Cursor cursor = open.offsets.cursor();
                int entry = cursor.floor(target, by);
                int position = entry < 0 ? 0 : cursor.value(entry);
                if (entry < 0 || (position >= 0 && position <= least)) {
                    return least;
                }
                // Its batch may be one that is written and not published yet.
                if (position > 0 && IndexCheck.beginsBatch(log, position, place.baseOffset(), cursor.key(entry))) {
                    return Math.min(position, end);
                }
            } catch (LogCorruptException cutOff) {
                LOG.debug("file={} error={}", place.path(LogFileNames.OFFSET_INDEX), cutOff.getMessage());
            }
            makeAnew(open, end);
        }
        return least;
    }

    /** An offset below which all records are older than {@code timestampMs}, to scan from. */
    public long offsetBefore(long timestampMs, int end) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Pair open = open(end);
            IndexFile.Cursor cursor = open.times.cursor();
            int entry = cursor.floor(timestampMs - 1, IndexFile.By.KEY);
            if (entry < 0) {
                return place.baseOffset();
            }
            if (isTimeOf(cursor.value(entry), cursor.key(entry), end)) {
                return place.baseOffset() + cursor.value(entry);
            }
            makeAnew(open, end);
        }
        return place.baseOffset();
    }

    /** Whether the batch that ends with the offset has this as its largest timestamp. */
    private boolean isTimeOf(int relativeLastOffset, long timestampMs, int end) throws IOException {
        if (relativeLastOffset < 0) {
            return false;
        }
        BatchScan scan = BatchScan.lookUp(log, floorOfOffset(relativeLastOffset, end), end);
        long last = place.baseOffset() + relativeLastOffset;
        while (scan.next() && scan.lastOffset() <= last) {
            if (scan.lastOffset() == last) {
                return scan.maxTimestamp() == timestampMs;
            }
        }
        return false;
    }
}
