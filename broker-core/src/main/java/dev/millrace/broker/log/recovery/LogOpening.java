package dev.millrace.broker.log.recovery;

import dev.millrace.broker.log.compaction.SegmentSwap;
import dev.millrace.broker.log.config.Damage;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.epoch.LeaderEpochs;
import dev.millrace.broker.log.producer.ProducerSnapshots;
import dev.millrace.broker.log.producer.ProducerStates;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a log back from its directory. After a clean shutdown that takes a listing and a few small files, however large the
 * log is; otherwise {@link LogRecovery} checks the segments from the recovery point on, and what a crash left of the rest is
 * cleared away.
 */
public final class LogOpening {
    private static final Logger LOG = LoggerFactory.getLogger(LogOpening.class);

    private final Disk disk;
    private final String directory;
    private final LogConfig config;
    private final Damage damage;
    private final ProducerStates producers;
    private final ProducerSnapshots snapshots;
    private final LeaderEpochs epochs;

    private long logStartOffset;
    private long logEndOffset;
    private long recoveryPoint;
    private Checkpoint checkpoint = new Checkpoint(0, 0);
    private Adjacency adjacency = new Adjacency(0);
    private boolean clean;

    public LogOpening(Disk disk, String directory, LogConfig config, Damage damage) {
        this.damage = damage;
        this.disk = disk;
        this.directory = directory;
        this.config = config;
        this.producers = new ProducerStates(directory);
        this.snapshots = new ProducerSnapshots(disk, directory);
        this.epochs = new LeaderEpochs(disk, directory);
    }

    public long logStartOffset() {
        return logStartOffset;
    }

    public long logEndOffset() {
        return logEndOffset;
    }

    public long recoveryPoint() {
        return recoveryPoint;
    }

    public ProducerStates producers() {
        return producers;
    }

    public ProducerSnapshots snapshots() {
        return snapshots;
    }

    public LeaderEpochs epochs() {
        return epochs;
    }

    /** As it is on disk. */
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    public Adjacency adjacency() {
        return adjacency;
    }

    public boolean wasClean() {
        return clean;
    }

    public Segments open() throws IOException {
        disk.createDirectory(directory);
        SegmentSwap.settle(disk, directory);
        LogListing listing = LogListing.of(disk, directory);
        listing.snapshots().forEach(snapshots::found);
        NavigableMap<Long, Long> sizes = listing.sizes();
        Checkpoint written = Checkpoint.read(disk, directory);
        CleanShutdown mark = CleanShutdown.read(disk, directory);
        if (written != null) {
            checkpoint = written;
        } else if (!sizes.isEmpty()) {
            checkpoint = new Checkpoint(sizes.firstKey(), 0);
        }
        logStartOffset = checkpoint.logStartOffset();
        recoveryPoint = checkpoint.recoveryPoint();
        adjacency = Adjacency.read(disk, directory, !sizes.isEmpty());
        if (written == null && (sizes.isEmpty() || Checkpoint.exists(disk, directory))) {
            checkpoint.begin(disk, directory);
        }
        boolean epochsKnown = epochs.load();
        Segments segments;
        if (mark != null && listing.matches(mark)) {
            clean = true;
            segments = openClean(mark, listing);
        } else {
            CleanShutdown.remove(disk, directory); // it may have come back with a power failure
            long known = Math.max(recoveryPoint, mark == null ? 0 : mark.logEndOffset());
            segments = recover(listing);
            if (logEndOffset < known) {
                LOG.error(
                        "log={} logEndOffset={} knownEndOffset={} records that were on the disk are lost",
                        disk.describe(directory),
                        logEndOffset,
                        known);
            }
        }
        if (!adjacency.isKnown()) {
            adjacency = Adjacency.begin(disk, directory, logEndOffset);
        }
        if (!epochsKnown && logEndOffset > segments.first().baseOffset()) {
            replayOf(segments).learnEpochs();
        }
        epochs.truncateFromEnd(logEndOffset);
        epochs.truncateFromStart(logStartOffset);
        return withoutDeleted(segments);
    }

    private Segments openClean(CleanShutdown mark, LogListing listing) throws IOException {
        logEndOffset = mark.logEndOffset();
        recoveryPoint = logEndOffset;
        List<Segment> segments = new ArrayList<>();
        listing.sizes()
                .forEach((base, size) ->
                        segments.add(Segment.existing(place(base), size.intValue(), config.indexIntervalBytes())));
        if (!listing.sizes().containsKey(mark.activeBaseOffset())) {
            segments.add(Segment.empty(place(mark.activeBaseOffset()), config.indexIntervalBytes()));
        }
        Segments opened = Segments.of(segments);
        StateReplay replay = replayOf(opened);
        replay.replayProducers(logEndOffset, recoveryPoint, listing.transactionsUnknownFrom());
        if (epochs.checksum() != mark.epochsChecksum()) {
            replay.learnEpochs();
        }
        return opened;
    }

    private Segments recover(LogListing listing) throws IOException {
        LogRecovery recovery = new LogRecovery(disk, directory, config, damage, listing, recoveryPoint, adjacency);
        Segments recovered = recovery.recover(logStartOffset);
        logEndOffset = recovery.logEndOffset();
        recoveryPoint = Math.min(recoveryPoint, logEndOffset);
        boolean obsolete = snapshots.deleteAfter(Math.min(recovery.from(), logEndOffset));
        if (obsolete || recovery.hasRemoved() || listing.truncating()) {
            // Or they come back with the next power failure, beside what is written in their place.
            disk.syncDirectory(directory);
        }
        if (listing.truncating()) {
            disk.delete(directory + '/' + LogFileNames.TRUNCATION);
        }
        StateReplay replay = replayOf(recovered);
        if (!epochs.hold(replay::holds)) {
            replay.learnEpochs();
        }
        replay.replayProducers(recovery.from(), recoveryPoint, listing.transactionsUnknownFrom());
        return recovered;
    }

    private StateReplay replayOf(Segments segments) {
        return new StateReplay(segments, producers, snapshots, epochs, logStartOffset, logEndOffset);
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

    private SegmentPlace place(long baseOffset) {
        return new SegmentPlace(disk, directory, baseOffset);
    }
}
