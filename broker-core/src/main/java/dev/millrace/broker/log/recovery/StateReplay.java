package dev.millrace.broker.log.recovery;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.BatchScan;
import dev.millrace.broker.log.batch.EndMarker;
import dev.millrace.broker.log.epoch.LeaderEpochs;
import dev.millrace.broker.log.index.AbortedTransactions;
import dev.millrace.broker.log.producer.ProducerSnapshots;
import dev.millrace.broker.log.producer.ProducerStates;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the batches of a log that is opened for what was in memory when they were appended: the producers, their
 * aborted transactions, the leader epochs.
 */
final class StateReplay {
    private final Segments segments;
    private final ProducerStates producers;
    private final ProducerSnapshots snapshots;
    private final LeaderEpochs epochs;
    private final long logStartOffset;
    private final long logEndOffset;

    StateReplay(
            Segments segments,
            ProducerStates producers,
            ProducerSnapshots snapshots,
            LeaderEpochs epochs,
            long logStartOffset,
            long logEndOffset) {
        this.segments = segments;
        this.producers = producers;
        this.snapshots = snapshots;
        this.epochs = epochs;
        this.logStartOffset = logStartOffset;
        this.logEndOffset = logEndOffset;
    }

    /**
     * Brings the producer states to the log end, from the latest snapshot up to {@code snapshotLimit}. What that passes by
     * is entered into the transaction indexes anew, save those that are known to be on disk: writing them again would put at
     * risk what is safe.
     *
     * @param recoveryPoint below it indexes are on disk
     * @param transactionsUnknownFrom from this segment on they are not to be believed in any case
     */
    void replayProducers(long snapshotLimit, long recoveryPoint, long transactionsUnknownFrom) throws IOException {
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
    boolean holds(int epoch, long start) throws IOException {
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
    void learnEpochs() throws IOException {
        epochs.clear();
        for (int i = 0; i < segments.size(); i++) {
            segments.get(i).scan(segments.get(i).baseOffset(), batch -> {
                epochs.assign(batch.leaderEpoch(), batch.baseOffset());
                return true;
            });
        }
    }
}
