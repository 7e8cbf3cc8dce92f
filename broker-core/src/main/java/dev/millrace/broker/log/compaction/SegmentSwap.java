package dev.millrace.broker.log.compaction;

import dev.millrace.broker.log.batch.BatchScan;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a cleaned segment takes the place of the segments that it was made from, so that a crash at any point leaves either
 * them or it:
 *
 * <pre>
 *   .cleaned  being made                                 a crash: it is deleted at the next start
 *   .swap     whole and on disk; the .log is renamed last a crash: the next start goes on from here
 *             the others are deleted, and it takes the name of the first of them, the .log last
 * </pre>
 *
 * <p>Names are synced before the {@code .log} is renamed and after, for its name says that all the others are right. It has a
 * {@code .txnindex} and a checksum of it in any case: what is missing was renamed already.
 */
public final class SegmentSwap {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentSwap.class);

    private final SegmentPlace place;
    private final Disk disk;

    public SegmentSwap(SegmentPlace place) {
        this.place = place;
        this.disk = place.disk();
    }

    void deleteCleaned() throws IOException {
        for (String suffix : SegmentPlace.FILES) {
            disk.delete(place.path(suffix + LogFileNames.CLEANED));
        }
    }

    /** From here on there is no way back. */
    public void commit() throws IOException {
        for (String suffix : SegmentPlace.COMPANIONS) {
            rename(suffix, LogFileNames.CLEANED, LogFileNames.SWAP);
        }
        disk.syncDirectory(place.directory());
        rename(LogFileNames.LOG, LogFileNames.CLEANED, LogFileNames.SWAP);
        disk.syncDirectory(place.directory());
    }

    /**
     * @param replaced the base offsets of the segments that go, without the first, whose name is taken
     * @param hasAborted whether there are entries in the transaction index
     */
    public void complete(Iterable<Long> replaced, boolean hasAborted) throws IOException {
        for (long base : replaced) {
            new SegmentPlace(disk, place.directory(), base).delete();
        }
        for (String suffix : SegmentPlace.COMPANIONS) {
            if (disk.exists(place.path(suffix + LogFileNames.SWAP))) {
                rename(suffix, LogFileNames.SWAP, "");
            }
        }
        disk.syncDirectory(place.directory());
        rename(LogFileNames.LOG, LogFileNames.SWAP, "");
        disk.syncDirectory(place.directory());
        if (!hasAborted) {
            disk.delete(place.path(LogFileNames.TRANSACTION_INDEX));
            disk.delete(place.path(LogFileNames.TRANSACTION_CHECKSUM));
        }
    }

    private void rename(String suffix, String from, String to) throws IOException {
        disk.rename(place.path(suffix + from), place.path(suffix + to));
    }

    /** Before a log is opened: forgets what was not finished, and finishes what cannot be forgotten. */
    public static void settle(Disk disk, String directory) throws IOException {
        Set<String> leftovers = new HashSet<>();
        TreeSet<Long> swaps = new TreeSet<>();
        List<Long> segments = new ArrayList<>();
        for (Disk.Entry entry : disk.list(directory)) {
            String name = entry.name();
            OptionalLong swap = LogFileNames.offsetIn(name, LogFileNames.LOG + LogFileNames.SWAP);
            OptionalLong segment = LogFileNames.offsetIn(name, LogFileNames.LOG);
            if (swap.isPresent()) {
                swaps.add(swap.getAsLong());
            } else if (segment.isPresent()) {
                segments.add(segment.getAsLong());
            } else if (name.endsWith(LogFileNames.CLEANED)
                    || name.endsWith(LogFileNames.SWAP)
                    || name.endsWith(LogFileNames.DELETED)) {
                leftovers.add(name);
            }
        }
        for (String name : leftovers) {
            boolean ofSwap = swaps.stream().anyMatch(base -> isCompanion(name, base));
            if (!ofSwap) {
                disk.delete(directory + '/' + name);
            }
        }
        for (long base : swaps) {
            finish(new SegmentPlace(disk, directory, base), segments);
        }
    }

    private static boolean isCompanion(String name, long base) {
        return SegmentPlace.FILES.stream()
                .anyMatch(suffix -> name.equals(LogFileNames.of(base, suffix + LogFileNames.SWAP)));
    }

    private static void finish(SegmentPlace place, List<Long> segments) throws IOException {
        long base = place.baseOffset();
        long lastOffset = base;
        try (DiskFile log = place.disk().open(place.path(LogFileNames.LOG + LogFileNames.SWAP), false)) {
            BatchScan scan = new BatchScan(log, 0, Math.toIntExact(log.size()));
            while (scan.next()) {
                lastOffset = scan.lastOffset();
            }
        }
        long last = lastOffset;
        LOG.info(
                "log={} baseOffset={} lastOffset={} action=finish the swap of a cleaned segment",
                place.directory(),
                base,
                last);
        // The index of its transactions is kept whatever is in it: whether it has entries is looked at by who reads it.
        new SegmentSwap(place)
                .complete(
                        segments.stream()
                                .filter(other -> other > base && other <= last)
                                .sorted()
                                .toList(),
                        true);
    }
}
