package dev.millrace.broker.log.recovery;

import dev.millrace.broker.log.config.Damage;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.SegmentRecovery;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which segments of a log are whole after a crash. Those below the recovery point are on the disk; the others are
 * checked batch by batch, and the log ends where the first of them does that is not whole, or before the first gap. What
 * comes behind that is put aside.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    private final Disk disk;
    private final String directory;
    private final LogConfig config;
    private final Damage policy;
    private final LogListing listing;
    private final long recoveryPoint;
    private final Adjacency adjacency;

    /** The first segment that is gone through. */
    private final long from;

    private final List<Segment> segments = new ArrayList<>();

    /** Behind a segment that lacks something, the latest last. */
    private final List<Segment> superfluous = new ArrayList<>();

    /** Where the segments end that were gone through. */
    private long end;

    private boolean damaged;

    LogRecovery(
            Disk disk,
            String directory,
            LogConfig config,
            Damage policy,
            LogListing listing,
            long recoveryPoint,
            Adjacency adjacency) {
        this.disk = disk;
        this.directory = directory;
        this.config = config;
        this.policy = policy;
        this.listing = listing;
        this.recoveryPoint = recoveryPoint;
        this.adjacency = adjacency;
        // A segment that ends exactly at the recovery point may not have been sealed when it was forced: its indexes
        // are
        // looked at again.
        Long known = recoveryPoint == 0 ? null : listing.sizes().floorKey(recoveryPoint - 1);
        this.from = known != null
                ? known
                : listing.sizes().isEmpty() ? 0 : listing.sizes().firstKey();
    }

    /** Everything below was taken as it is. */
    long from() {
        return from;
    }

    long logEndOffset() {
        return end;
    }

    /** Whether anything was taken off the log. */
    boolean hasRemoved() {
        return damaged;
    }

    Segments recover(long logStartOffset) throws IOException {
        for (Map.Entry<Long, Long> entry : listing.sizes().entrySet()) {
            Segment found =
                    Segment.existing(place(entry.getKey()), entry.getValue().intValue(), config.indexIntervalBytes());
            if (found.baseOffset() < from) {
                segments.add(found);
            } else if (damaged) {
                superfluous.add(found);
            } else {
                recover(found);
            }
        }
        putAside();
        if (segments.isEmpty() || end < logStartOffset) {
            // All records were deleted before the crash, or the power failed before any of them was on disk.
            for (int i = segments.size() - 1; i >= 0; i--) {
                segments.get(i).delete();
                damaged = true;
            }
            segments.clear();
            segments.add(Segment.empty(place(logStartOffset), config.indexIntervalBytes()));
            end = logStartOffset;
        }
        Segments recovered = Segments.of(segments);
        for (int i = 0; i + 1 < recovered.size(); i++) {
            if (recovered.endOffset(i) > recoveryPoint) {
                recovered.get(i).seal();
            }
        }
        return recovered;
    }

    private void recover(Segment found) throws IOException {
        long base = found.baseOffset();
        SegmentPlace place = place(base);
        if (base < end) {
            throw new LogCorruptException(place.describe(LogFileNames.LOG) + " begins below offset " + end
                    + ", where the segment before it ends:"
                    + " restore the directory from a copy or a replica, or delete this replica of the partition");
        }
        SegmentRecovery.Outcome outcome = new SegmentRecovery(place, config.indexIntervalBytes(), policy)
                .recover(recoveryPoint, listing.truncating());
        if (base > from && base > end && isLoss(outcome, base)) {
            LOG.warn(
                    "file={} offset={} expectedOffset={} action=put aside reason=records before it are lost",
                    outcome.log().description(),
                    base,
                    end);
            outcome.log().close();
            damaged = true;
            superfluous.add(found);
            return;
        }
        segments.add(Segment.recovered(place, outcome, config.indexIntervalBytes()));
        end = outcome.nextOffset();
        damaged = outcome.removedBytes() > 0;
    }

    /**
     * Whether a gap before a segment means that the end of the one before it never reached the disk.
     */
    private boolean isLoss(SegmentRecovery.Outcome outcome, long base) {
        return outcome.sizeInBytes() == 0
                || adjacency.isLoss(segments.get(segments.size() - 1).baseOffset(), end, base);
    }

    private void putAside() throws IOException {
        for (int i = superfluous.size() - 1; i >= 0; i--) {
            Segment segment = superfluous.get(i);
            SegmentPlace place = place(segment.baseOffset());
            LOG.warn(
                    "file={} removedBytes={} action=put aside to={} reason=the segment before it is damaged",
                    place.describe(LogFileNames.LOG),
                    segment.sizeInBytes(),
                    place.describe(LogFileNames.DAMAGED + 0));
            if (segment.sizeInBytes() > 0) {
                disk.rename(place.path(LogFileNames.LOG), place.path(LogFileNames.DAMAGED + 0));
            }
            segment.delete();
        }
    }

    private SegmentPlace place(long baseOffset) {
        return new SegmentPlace(disk, directory, baseOffset);
    }
}
