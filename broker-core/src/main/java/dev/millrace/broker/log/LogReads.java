package dev.millrace.broker.log;

import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentGoneException;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.SegmentSlice;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;

/**
 * The reading side of a log, over what its loop has published: any thread, no lock. A segment may be gone by the time that
 * it is looked at, truncated, deleted or cleaned; then there is another list of segments, and the reader starts over.
 */
final class LogReads {
    /** A reader that is too late so often comes away with nothing, and asks again later. */
    private static final int ATTEMPTS = 3;

    private final LogState log;

    LogReads(LogState log) {
        this.log = log;
    }

    LogSlice read(long offset, int maxBytes, long endOffset, boolean atLeastOneBatch) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long end = log.logEndOffset;
            long start = log.logStartOffset;
            if (offset < start || offset > end) {
                throw new OffsetOutOfRangeException(
                        "offset " + offset + " is not in " + log.directory + ", which has " + start + " to " + end);
            }
            long limit = Math.min(end, endOffset);
            if (offset >= limit) {
                break;
            }
            try {
                return readBelow(limit, offset, maxBytes, atLeastOneBatch);
            } catch (SegmentGoneException e) {
                log.ensureOpen(e);
            }
        }
        return SegmentSlice.empty(offset);
    }

    private LogSlice readBelow(long limit, long offset, int maxBytes, boolean atLeastOneBatch) throws IOException {
        Segments now = log.segments;
        for (int i = now.floorIndex(offset); i < now.size(); i++) {
            SegmentSlice slice = now.get(i).read(offset, maxBytes, limit, now.endOffset(i), atLeastOneBatch);
            if (slice != null) {
                return slice;
            }
            if (i + 1 < now.size()) {
                log.adjacency.ensureNoLoss(now.get(i), now.get(i).endOffset(), now.endOffset(i));
            }
            if (now.endOffset(i) >= limit) {
                ensureEndsAt(now, i, limit);
                break;
            }
        }
        return SegmentSlice.empty(offset);
    }

    /** What is appended stays at the end, so an active segment that is not empty reaches up to the log end. */
    private void ensureEndsAt(Segments now, int index, long limit) throws LogCorruptException {
        Segment last = now.get(index);
        if (index == now.size() - 1 && last.sizeInBytes() > 0 && limit == log.logEndOffset && !last.isGone()) {
            throw new LogCorruptException(SegmentPlace.path(log.directory, last.baseOffset(), LogFileNames.LOG)
                    + " is damaged: no batch in it reaches up to offset " + (limit - 1)
                    + ": restore the file from a copy or a replica; until then consumers can only go on at the end");
        }
    }

    List<AbortedTransaction> abortedTransactions(long fromOffset, long toOffset) throws IOException {
        List<AbortedTransaction> found = new ArrayList<>(0);
        Segments now = log.segments;
        for (int i = now.floorIndex(fromOffset); i < now.size(); i++) {
            boolean enough = now.get(i)
                    .aborted()
                    .collect(
                            fromOffset,
                            toOffset,
                            entry -> found.add(new AbortedTransaction(entry.producerId(), entry.firstOffset())));
            if (enough) {
                break;
            }
        }
        return found;
    }

    interface Search {
        Optional<TimestampOffset> in(TimestampSearch search) throws IOException;
    }

    Optional<TimestampOffset> search(Search search) throws IOException {
        while (true) {
            try {
                return search.in(new TimestampSearch(log.segments, log.logStartOffset, log.logEndOffset));
            } catch (SegmentGoneException e) {
                log.ensureOpen(e);
                Thread.onSpinWait();
            }
        }
    }

    void replay(long fromOffset, Consumer<ReplayedBatch> consumer) throws IOException {
        Replay replay = new Replay(log.directory, fromOffset, log.adjacency, consumer);
        while (true) {
            try {
                replay.through(log.segments, log.logStartOffset, log.logEndOffset);
                return;
            } catch (SegmentGoneException e) {
                log.ensureOpen(e);
                Thread.onSpinWait();
            }
        }
    }
}
