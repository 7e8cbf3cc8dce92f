package dev.millrace.broker.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a log back from its directory. After a clean shutdown that takes a listing and a few small files, however large the
 * log is; otherwise the segments from the recovery point on are checked batch by batch, and what a crash left of the rest is
 * cleared away. What is cut off though it does not look like a torn end is kept in a file beside the log.
 */
final class LogOpening {
    private static final Logger LOG = LoggerFactory.getLogger(LogOpening.class);

    private final Disk disk;
    private final String directory;
    private final LogConfig config;
    private final Damage damage;

    final ProducerStates producers;
    final ProducerSnapshots snapshots;
    final LeaderEpochs epochs;

    private long logStartOffset;
    private long logEndOffset;
    private long recoveryPoint;
    private Checkpoint checkpoint = new Checkpoint(0, 0);
    private boolean clean;
    private boolean begunHere;
    private boolean truncating;

    /** The first segment whose transaction index has to be made anew, and all behind it. */
    private long transactionsUnknownFrom = Long.MAX_VALUE;

    LogOpening(Disk disk, String directory, LogConfig config, Damage damage) {
        this.damage = damage;
        this.disk = disk;
        this.directory = directory;
        this.config = config;
        this.producers = new ProducerStates(directory);
        this.snapshots = new ProducerSnapshots(disk, directory);
        this.epochs = new LeaderEpochs(disk, directory);
    }

    long logStartOffset() {
        return logStartOffset;
    }

    long logEndOffset() {
        return logEndOffset;
    }

    long recoveryPoint() {
        return recoveryPoint;
    }

    /** As it is on disk. */
    Checkpoint checkpoint() {
        return checkpoint;
    }

    boolean wasClean() {
        return clean;
    }

    Segments open() throws IOException {
        disk.createDirectory(directory);
        SegmentSwap.settle(disk, directory);
        NavigableMap<Long, Long> sizes = list();
        Checkpoint written = Checkpoint.read(disk, directory);
        CleanShutdown mark = CleanShutdown.read(disk, directory);
        if (written != null) {
            checkpoint = written;
        } else if (!sizes.isEmpty()) {
            checkpoint = new Checkpoint(sizes.firstKey(), 0);
        }
        logStartOffset = checkpoint.logStartOffset();
        recoveryPoint = checkpoint.recoveryPoint();
        begunHere = Checkpoint.exists(disk, directory);
        if (!begunHere && sizes.isEmpty()) {
            checkpoint.begin(disk, directory);
        }
        boolean epochsKnown = epochs.load();
        Segments segments;
        if (mark != null && matches(mark, sizes)) {
            clean = true;
            segments = openClean(mark, sizes);
        } else {
            CleanShutdown.remove(disk, directory); // it may have come back with a power failure
            segments = recover(sizes);
        }
        if (!epochsKnown && logEndOffset > segments.first().baseOffset()) {
            learnEpochs(segments);
        }
        epochs.truncateFromEnd(logEndOffset);
        epochs.truncateFromStart(logStartOffset);
        return withoutDeleted(segments);
    }

    /** A crash may have come between moving the log start and deleting what lies before it. */
    private Segments withoutDeleted(Segments segments) throws IOException {
        int first = 0;
        while (segments.endOffset(first) <= logStartOffset) {
            segments.get(first).delete();
            first++;
        }
        return first == 0 ? segments : segments.without(first);
    }

    /** The sizes of the segments by base offset. What a crash left half done goes away. */
    private NavigableMap<Long, Long> list() throws IOException {
        TreeMap<Long, Long> sizes = new TreeMap<>();
        Map<Long, List<String>> companions = new HashMap<>();
        for (Disk.Entry entry : disk.list(directory)) {
            String name = entry.name();
            OptionalLong segment = LogFileNames.offsetIn(name, LogFileNames.LOG);
            OptionalLong snapshot = LogFileNames.offsetIn(name, LogFileNames.SNAPSHOT);
            if (segment.isPresent()) {
                sizes.put(segment.getAsLong(), segmentSize(entry));
            } else if (snapshot.isPresent()) {
                snapshots.found(snapshot.getAsLong());
            } else if (name.equals(LogFileNames.TRUNCATION)) {
                truncating = true;
            } else if (name.endsWith(LogFileNames.PARTIAL)) {
                disk.delete(directory + '/' + name);
            } else {
                OptionalLong base = companion(name);
                if (base.isPresent()) {
                    companions
                            .computeIfAbsent(base.getAsLong(), key -> new ArrayList<>())
                            .add(name);
                    checkTransactions(name, base.getAsLong());
                }
            }
        }
        for (Map.Entry<Long, List<String>> entry : companions.entrySet()) {
            if (!sizes.containsKey(entry.getKey())) {
                for (String name : entry.getValue()) {
                    disk.delete(directory + '/' + name);
                }
            }
        }
        return sizes;
    }

    private void checkTransactions(String name, long base) throws IOException {
        String path = directory + '/' + name;
        if (name.endsWith(LogFileNames.TRANSACTION_INDEX) && !AbortedTransactions.isSound(disk, path)) {
            LOG.warn("file={} action=make anew reason=it makes no sense", disk.describe(path));
            transactionsUnknownFrom = Math.min(transactionsUnknownFrom, base);
        }
    }

    private long segmentSize(Disk.Entry entry) throws LogCorruptException {
        if (entry.sizeInBytes() > Integer.MAX_VALUE) {
            throw new LogCorruptException(disk.describe(directory + '/' + entry.name()) + " has " + entry.sizeInBytes()
                    + " bytes, more than a segment can have: move it away, or restore it from a copy or a replica");
        }
        return entry.sizeInBytes();
    }

    /** The base offset of the segment that an index belongs to. */
    private static OptionalLong companion(String name) {
        for (String suffix :
                List.of(LogFileNames.OFFSET_INDEX, LogFileNames.TIME_INDEX, LogFileNames.TRANSACTION_INDEX)) {
            OptionalLong base = LogFileNames.offsetIn(name, suffix);
            if (base.isPresent()) {
                return base;
            }
        }
        return OptionalLong.empty();
    }

    private static boolean matches(CleanShutdown mark, NavigableMap<Long, Long> sizes) {
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

    private Segments openClean(CleanShutdown mark, NavigableMap<Long, Long> sizes) throws IOException {
        logEndOffset = mark.logEndOffset();
        recoveryPoint = logEndOffset;
        List<Segment> segments = new ArrayList<>();
        sizes.forEach((base, size) -> segments.add(existing(base, size.intValue())));
        if (!sizes.containsKey(mark.activeBaseOffset())) {
            segments.add(empty(mark.activeBaseOffset()));
        }
        Segments opened = Segments.of(segments);
        replayProducers(opened, logEndOffset);
        if (epochs.checksum() != mark.epochsChecksum()) {
            learnEpochs(opened);
        }
        return opened;
    }

    private Segments recover(NavigableMap<Long, Long> sizes) throws IOException {
        List<Segment> segments = new ArrayList<>();
        List<Segment> superfluous = new ArrayList<>();
        // A segment that ends exactly there may not have been sealed when it was forced: its indexes are looked at
        // again.
        Long first = recoveryPoint == 0 ? null : sizes.floorKey(recoveryPoint - 1);
        long from = first != null ? first : sizes.isEmpty() ? 0 : sizes.firstKey();
        long expected = 0;
        boolean damaged = false;
        for (Map.Entry<Long, Long> entry : sizes.entrySet()) {
            long base = entry.getKey();
            if (base < from) {
                segments.add(existing(base, entry.getValue().intValue()));
                continue;
            }
            if (damaged) {
                superfluous.add(existing(base, entry.getValue().intValue()));
                continue;
            }
            if (base < expected) {
                throw new LogCorruptException(disk.describe(Segment.path(directory, base, LogFileNames.LOG))
                        + " begins below offset " + expected + ", where the segment before it ends:"
                        + " restore the directory from a copy or a replica, or delete this replica of the partition");
            }
            SegmentRecovery.Outcome outcome = new SegmentRecovery(
                            disk, directory, base, config.indexIntervalBytes(), damage)
                    .recover(recoveryPoint, truncating);
            if (base > from
                    && base > expected
                    && isLoss(outcome, base - segments.get(segments.size() - 1).baseOffset())) {
                LOG.warn(
                        "file={} offset={} expectedOffset={} action=put aside reason=records before it are lost",
                        outcome.log().description(),
                        base,
                        expected);
                outcome.log().close();
                damaged = true;
                superfluous.add(existing(base, entry.getValue().intValue()));
                continue;
            }
            Segment segment = empty(base);
            segment.recovered(outcome);
            segments.add(segment);
            expected = outcome.nextOffset();
            damaged = outcome.removedBytes() > 0;
        }
        for (int i = superfluous.size() - 1; i >= 0; i--) {
            Segment segment = superfluous.get(i);
            String log = Segment.path(directory, segment.baseOffset(), LogFileNames.LOG);
            String aside = Segment.path(directory, segment.baseOffset(), LogFileNames.DAMAGED + 0);
            LOG.warn(
                    "file={} removedBytes={} action=put aside to={} reason=the segment before it is damaged",
                    disk.describe(log),
                    segment.sizeInBytes(),
                    disk.describe(aside));
            if (segment.sizeInBytes() > 0) {
                disk.rename(log, aside);
            }
            segment.delete();
        }
        logEndOffset = expected;
        if (segments.isEmpty() || logEndOffset < logStartOffset) {
            // All records were deleted before the crash, or the power failed before any of them was on disk.
            for (int i = segments.size() - 1; i >= 0; i--) {
                segments.get(i).delete();
                damaged = true;
            }
            segments.clear();
            segments.add(empty(logStartOffset));
            logEndOffset = logStartOffset;
        }
        Segments opened = Segments.of(segments);
        sealAllButLast(opened);
        recoveryPoint = Math.min(recoveryPoint, logEndOffset);
        boolean obsolete = snapshots.deleteAfter(Math.min(from, logEndOffset));
        if (obsolete || damaged || truncating) {
            // Or they come back with the next power failure, beside what is written in their place.
            disk.syncDirectory(directory);
        }
        if (truncating) {
            disk.delete(directory + '/' + LogFileNames.TRUNCATION);
        }
        if (!epochs.hold((epoch, start) -> holds(opened, epoch, start))) {
            learnEpochs(opened);
        }
        replayProducers(opened, from);
        return opened;
    }

    /**
     * Whether a gap before a segment means that the end of the one before it never reached the disk. In a log that was begun
     * here segments adjoin; in one of Apache Kafka's they need not, where compaction or its like has been.
     */
    private boolean isLoss(SegmentRecovery.Outcome outcome, long distance) {
        return outcome.sizeInBytes() == 0 || (begunHere && distance <= Segment.RELATIVE_OFFSET_MAX);
    }

    private void sealAllButLast(Segments segments) throws IOException {
        for (int i = 0; i + 1 < segments.size(); i++) {
            if (segments.endOffset(i) > recoveryPoint) {
                segments.get(i).seal();
            }
        }
    }

    /**
     * Brings the producer states to the log end, from the latest snapshot up to {@code snapshotLimit}. What that passes by
     * is entered into the transaction indexes anew, save those that are known to be on disk: writing them again would put at
     * risk what is safe.
     */
    private void replayProducers(Segments segments, long snapshotLimit) throws IOException {
        long limit = Math.min(snapshotLimit, transactionsUnknownFrom);
        long snapshot = snapshots.restore(Math.min(limit, logEndOffset), producers);
        long from = Math.max(snapshot, logStartOffset);
        if (from >= logEndOffset) {
            return;
        }
        for (int i = segments.floorIndex(from); i < segments.size(); i++) {
            Segment segment = segments.get(i);
            long start = Math.max(from, segment.baseOffset());
            boolean unknown = segment.baseOffset() >= transactionsUnknownFrom;
            boolean indexed = segments.endOffset(i) < recoveryPoint && !unknown;
            if (unknown) {
                segment.aborted().clear();
            } else if (!indexed) {
                segment.aborted().truncate(start);
            }
            if (segment.baseOffset() > snapshot && segment.baseOffset() > from) {
                snapshots.write(segment.baseOffset(), producers.all());
            }
            segment.scan(start, batch -> {
                if (batch.lastOffset() >= start) {
                    AbortedTransactions.Entry entry = apply(batch);
                    if (entry != null && !indexed) {
                        segment.aborted().add(entry);
                    }
                }
                return true;
            });
            if (!indexed && i + 1 < segments.size()) {
                segment.aborted().store();
            }
        }
    }

    private AbortedTransactions.@Nullable Entry apply(BatchScan batch) throws IOException {
        epochs.assign(batch.leaderEpoch(), batch.baseOffset());
        if (batch.producerId() == BatchHeader.NO_PRODUCER_ID) {
            return null;
        }
        EndMarker marker = batch.isControl() ? EndMarker.read(batch.intactBatch(), 0) : null;
        return producers.apply(batch.header(), batch.headerAt(), marker);
    }

    /** Whether the log agrees that the epoch begins there. Compaction may have removed its batches. */
    private boolean holds(Segments segments, int epoch, long start) throws IOException {
        if (start < logStartOffset || start >= logEndOffset) {
            return true; // to be forgotten in any case
        }
        boolean[] holds = {true};
        boolean[] found = {false};
        long from = Math.max(start - 1, segments.first().baseOffset());
        for (int i = segments.floorIndex(from); i < segments.size() && !found[0]; i++) {
            segments.get(i).scan(from, batch -> {
                if (batch.lastOffset() < start) {
                    holds[0] &= batch.leaderEpoch() < epoch;
                    return true;
                }
                found[0] = true;
                boolean begins = batch.baseOffset() == start || (batch.baseOffset() < start && start == logStartOffset);
                holds[0] &= begins
                        ? batch.leaderEpoch() == epoch
                        : batch.baseOffset() > start && batch.leaderEpoch() >= epoch;
                return false;
            });
        }
        return holds[0];
    }

    /** The checkpoint of the epochs is lost: every batch names its own. */
    private void learnEpochs(Segments segments) throws IOException {
        epochs.clear();
        for (int i = 0; i < segments.size(); i++) {
            segments.get(i).scan(segments.get(i).baseOffset(), batch -> {
                epochs.assign(batch.leaderEpoch(), batch.baseOffset());
                return true;
            });
        }
    }

    private Segment empty(long base) {
        return Segment.empty(disk, directory, base, config.indexIntervalBytes());
    }

    private Segment existing(long base, int size) {
        return Segment.existing(disk, directory, base, size, config.indexIntervalBytes());
    }
}
