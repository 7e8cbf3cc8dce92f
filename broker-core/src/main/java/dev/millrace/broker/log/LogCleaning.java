package dev.millrace.broker.log;

import dev.millrace.broker.log.compaction.CleanedSegment;
import dev.millrace.broker.log.compaction.CleanedTransactions;
import dev.millrace.broker.log.compaction.CleaningFilter;
import dev.millrace.broker.log.compaction.DirtyRange;
import dev.millrace.broker.log.compaction.KeyMapping;
import dev.millrace.broker.log.compaction.OffsetMap;
import dev.millrace.broker.log.compaction.SegmentGroups;
import dev.millrace.broker.log.compaction.SegmentRewrite;
import dev.millrace.broker.log.config.CleaningLimits;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.directory.SegmentGoneException;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.index.AbortedTransactions;
import dev.millrace.broker.log.producer.LastRecord;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One cleaning of a compacted log, on the disk pool and in steps, so that it does not hold up other work there: first the
 * dirty part is gone through for the last offset of every key, then all segments up to its end are written anew, group by
 * group. Readers and writer go on meanwhile; each new segment takes the place of those it was made from at once.
 *
 * <p>When the log loses one of these segments, to a truncation, to retention or because it is closed, the cleaning is given
 * up: what was swapped in stays, the rest is cleaned another time.
 */
public final class LogCleaning {
    private final CleanedLog log;
    private final Segments segments;
    private final DirtyRange range;
    private final LogConfig config;
    private final Map<Long, LastRecord> lastRecords;
    private final CleaningLimits limits;
    private final long nowMs;
    private final OffsetMap map;
    private final KeyMapping mapping;

    private @Nullable Rewriting rewriting;
    private boolean done;
    private boolean abandoned;
    private long bytesBefore;
    private long bytesAfter;

    /** The second half. */
    private static final class Rewriting {
        final CleanedTransactions transactions;
        final CleaningFilter filter;
        final Deque<List<Segment>> groups;

        @Nullable
        SegmentRewrite current;

        Rewriting(CleanedTransactions transactions, CleaningFilter filter, List<List<Segment>> groups) {
            this.transactions = transactions;
            this.filter = filter;
            this.groups = new ArrayDeque<>(groups);
        }
    }

    LogCleaning(
            CleanedLog log,
            Segments segments,
            DirtyRange range,
            LogConfig config,
            Map<Long, LastRecord> lastRecords,
            CleaningLimits limits,
            long nowMs)
            throws IOException {
        this.log = log;
        this.segments = segments;
        this.range = range;
        this.config = config;
        this.lastRecords = lastRecords;
        this.limits = limits;
        this.nowMs = nowMs;
        this.map =
                new OffsetMap(limits.mapBytes(), range.firstUncleanable() - range.firstDirty(), limits.mapLoadFactor());
        this.mapping = new KeyMapping(
                segments,
                range.firstDirty(),
                range.firstUncleanable(),
                map,
                transactionsFrom(range.firstDirty()),
                limits.bufferBytes());
    }

    private CleanedTransactions transactionsFrom(long offset) throws IOException {
        List<AbortedTransactions.Entry> aborted = new ArrayList<>();
        for (int i = segments.floorIndex(offset); i < segments.size(); i++) {
            if (segments.get(i).aborted().collect(offset, range.firstUncleanable(), aborted::add)) {
                break;
            }
        }
        return new CleanedTransactions(aborted);
    }

    public boolean isDone() {
        return done;
    }

    /** Whether it was given up. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /** Up to where the log is clean, once this is done. */
    public long cleanedTo() {
        return mapping.mappedEnd();
    }

    /** Of the segments that were gone through. */
    public long bytesBefore() {
        return bytesBefore;
    }

    /** Of those that took their place. */
    public long bytesAfter() {
        return bytesAfter;
    }

    /**
     * Goes on for about {@code bytesMax} bytes; returns how many were read and written.
     *
     * @throws DiskFullException when there is no room for the new segments; the log is as it was
     * @throws LogCorruptException when a batch is damaged
     * @throws IOException when the disk failed; the cleaning is to be abandoned then, and the log says whether it takes
     *     more appends
     */
    public long step(int bytesMax) throws IOException {
        if (done) {
            return 0;
        }
        try {
            return mapping.isDone() ? rewrite(bytesMax) : mapping.step(bytesMax);
        } catch (SegmentGoneException e) {
            abandon();
            return 0;
        }
    }

    private long rewrite(int bytesMax) throws IOException {
        Rewriting second = rewriting;
        if (second == null) {
            second = beginRewriting();
            rewriting = second;
        }
        SegmentRewrite current = second.current;
        if (current == null) {
            List<Segment> group = second.groups.poll();
            if (group == null) {
                log.onCleaned(cleanedTo());
                second.filter.close();
                done = true;
                return 0;
            }
            log.ensureNoLoss(group, segments);
            CleanedSegment target = log.createCleaned(group.get(0).baseOffset(), limits.bufferBytes());
            current = new SegmentRewrite(group, target, second.filter, limits.bufferBytes());
            second.current = current;
        }
        long bytes = current.step(bytesMax);
        if (current.isDone()) {
            swapIn(second, current);
        }
        return bytes;
    }

    private Rewriting beginRewriting() throws IOException {
        log.ensureDurable(cleanedTo());
        CleanedTransactions transactions = transactionsFrom(segments.first().baseOffset());
        CleaningFilter filter = new CleaningFilter(
                map,
                cleanedTo(),
                transactions,
                lastRecords,
                nowMs,
                config.compaction().deleteRetentionMs(),
                limits.bufferBytes());
        return new Rewriting(transactions, filter, SegmentGroups.of(segments, cleanedTo(), config));
    }

    private void swapIn(Rewriting second, SegmentRewrite finished) throws IOException {
        long before = 0;
        for (Segment source : finished.sources()) {
            before += source.sizeInBytes();
        }
        List<AbortedTransactions.Entry> aborted = second.transactions.takeRetained();
        CleanedSegment target = finished.target();
        int after = target.sizeInBytes();
        if (finished.hasChanged()) {
            target.finish(aborted);
            second.current = null; // the log's from now on
            if (!log.swapIn(target, aborted, finished.sources())) {
                abandon();
                return;
            }
        } else {
            second.current = null;
            log.discard(target);
        }
        bytesBefore += before;
        bytesAfter += after;
    }

    /** Gives up, and deletes what is half done. */
    public void abandon() throws IOException {
        if (done) {
            return;
        }
        done = true;
        abandoned = true;
        if (rewriting != null) {
            rewriting.filter.close();
            if (rewriting.current != null) {
                log.discard(rewriting.current.target());
            }
        }
    }
}
