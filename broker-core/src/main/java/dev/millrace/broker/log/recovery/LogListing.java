package dev.millrace.broker.log.recovery;

import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.index.TransactionIndexFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in the directory of a log that is opened. What a crash left half done goes away.
 *
 * @param sizes of the segments, by base offset
 * @param snapshots the offsets of the producer snapshots
 * @param truncating a truncation was under way
 * @param transactionsUnknownFrom the first segment whose transaction index has to be made anew, and all behind it
 */
record LogListing(
        NavigableMap<Long, Long> sizes, List<Long> snapshots, boolean truncating, long transactionsUnknownFrom) {
    private static final Logger LOG = LoggerFactory.getLogger(LogListing.class);

    static LogListing of(Disk disk, String directory) throws IOException {
        NavigableMap<Long, Long> sizes = new TreeMap<>();
        List<Long> snapshots = new ArrayList<>();
        Map<Long, List<String>> companions = new HashMap<>();
        boolean truncating = false;
        long transactionsUnknownFrom = Long.MAX_VALUE;
        for (Disk.Entry entry : disk.list(directory)) {
            String name = entry.name();
            String path = directory + '/' + name;
            OptionalLong segment = LogFileNames.offsetIn(name, LogFileNames.LOG);
            OptionalLong snapshot = LogFileNames.offsetIn(name, LogFileNames.SNAPSHOT);
            OptionalLong companionOf = companionOf(name);
            if (segment.isPresent()) {
                sizes.put(segment.getAsLong(), sizeOf(entry, disk.describe(path)));
            } else if (snapshot.isPresent()) {
                snapshots.add(snapshot.getAsLong());
            } else if (name.equals(LogFileNames.TRUNCATION)) {
                truncating = true;
            } else if (name.endsWith(LogFileNames.PARTIAL)) {
                disk.delete(path);
            } else if (companionOf.isPresent()) {
                long base = companionOf.getAsLong();
                companions.computeIfAbsent(base, key -> new ArrayList<>()).add(path);
                boolean ofTransactions = name.endsWith(LogFileNames.TRANSACTION_INDEX)
                        || name.endsWith(LogFileNames.TRANSACTION_CHECKSUM);
                if (ofTransactions
                        && new TransactionIndexFile(new SegmentPlace(disk, directory, base)).read() == null) {
                    LOG.warn("file={} action=make anew reason=checksum does not match", disk.describe(path));
                    transactionsUnknownFrom = Math.min(transactionsUnknownFrom, base);
                }
            }
        }
        companions.keySet().removeAll(sizes.keySet());
        for (List<String> withoutSegment : companions.values()) {
            for (String path : withoutSegment) {
                disk.delete(path);
            }
        }
        return new LogListing(sizes, snapshots, truncating, transactionsUnknownFrom);
    }

    private static long sizeOf(Disk.Entry entry, String description) throws LogCorruptException {
        if (entry.sizeInBytes() > Integer.MAX_VALUE) {
            throw new LogCorruptException(description + " has " + entry.sizeInBytes()
                    + " bytes, more than a segment can have: move it away, or restore it from a copy or a replica");
        }
        return entry.sizeInBytes();
    }

    /** The base offset of the segment that an index belongs to. */
    private static OptionalLong companionOf(String name) {
        for (String suffix : SegmentPlace.COMPANIONS) {
            OptionalLong base = LogFileNames.offsetIn(name, suffix);
            if (base.isPresent()) {
                return base;
            }
        }
        return OptionalLong.empty();
    }

    /** Whether the segments are as they were when the log was closed. */
    boolean matches(CleanShutdown mark) {
        long total = 0;
        for (long size : sizes.values()) {
            total += size;
        }
        if (total != mark.sizeInBytes()) {
            return false;
        }
        Map.Entry<Long, Long> last = sizes.lastEntry();
        // The active segment gets its file with its first batch.
        if (last == null || last.getKey() < mark.activeBaseOffset()) {
            return mark.activeSizeInBytes() == 0;
        }
        return last.getKey() == mark.activeBaseOffset() && last.getValue() == mark.activeSizeInBytes();
    }
}
