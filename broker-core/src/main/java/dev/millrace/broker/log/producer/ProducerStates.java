package dev.millrace.broker.log.producer;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.EndMarker;
import dev.millrace.broker.log.index.AbortedTransactions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.jspecify.annotations.Nullable;

/**
 * The producers that wrote to a log, and their transactions: refuses what is out of sequence or fenced, finds retries, and
 * knows how far the log is stable. A function of the batches in their order, so that followers and recovery come to the
 * same result. The loop's own, save for {@link #firstUnstableOffset}.
 */
public final class ProducerStates {
    /** When no transaction is open. */
    static final long ALL_STABLE = Long.MAX_VALUE;

    private final String log;
    private final Map<Long, ProducerState> producers = new HashMap<>();

    /** By first offset: the producers of transactions without a marker. */
    private final TreeMap<Long, Long> open = new TreeMap<>();

    /** By first offset: the marker offsets of transactions that ended, but not yet below the high watermark. */
    private final TreeMap<Long, Long> ended = new TreeMap<>();

    private volatile long firstUnstableOffset = ALL_STABLE;

    public ProducerStates(String log) {
        this.log = log;
    }

    /** A batch that is in the log already. */
    public record Duplicate(long firstOffset, long lastOffset, long timestampMs) {}

    /**
     * Whether the batch may be appended. Changes nothing.
     *
     * @return the batch's place in the log when it is a retry
     */
    @Nullable
    public Duplicate check(ByteBuffer buffer, int at, AppendOrigin origin) {
        long producerId = BatchHeader.producerId(buffer, at);
        if (producerId == BatchHeader.NO_PRODUCER_ID || origin == AppendOrigin.REPLICATION) {
            return null;
        }
        ProducerState known = producers.get(producerId);
        if (known == null) {
            // Whoever is not known may begin anywhere: its earlier batches may have been deleted (KIP-360).
            return null;
        }
        short epoch = BatchHeader.producerEpoch(buffer, at);
        if (origin == AppendOrigin.CLIENT) {
            long slot =
                    known.findBatch(epoch, BatchHeader.baseSequence(buffer, at), BatchHeader.lastSequence(buffer, at));
            if (slot != ProducerState.NOT_FOUND) {
                return new Duplicate(known.firstOffset(slot), known.lastOffset(slot), known.timestamp(slot));
            }
        }
        if (epoch < known.epoch()) {
            throw new InvalidProducerEpochException("producer " + producerId + " writes to " + log + " with epoch "
                    + epoch + ", a newer one has written with " + known.epoch());
        }
        if (BatchHeader.isControl(buffer, at)) {
            EndMarker marker = EndMarker.read(buffer, at);
            if (marker != null && marker.coordinatorEpoch() < known.coordinatorEpoch()) {
                throw new TransactionCoordinatorFencedException("coordinator epoch " + marker.coordinatorEpoch()
                        + " for producer " + producerId + " in " + log + " is below the known "
                        + known.coordinatorEpoch());
            }
            return null;
        }
        if (origin == AppendOrigin.CLIENT) {
            checkSequence(known, epoch, BatchHeader.baseSequence(buffer, at));
        }
        if (known.isInTransaction() && !BatchHeader.isTransactional(buffer, at)) {
            throw new InvalidTxnStateException("producer " + producerId + " writes to " + log
                    + " outside of its transaction, which began at offset " + known.transactionStart());
        }
        return null;
    }

    private void checkSequence(ProducerState known, short epoch, int first) {
        if (epoch != known.epoch()) {
            if (first != 0 && known.epoch() != BatchHeader.NO_EPOCH) {
                throw new OutOfOrderSequenceException("producer " + known.producerId() + " begins its epoch " + epoch
                        + " in " + log + " with sequence " + first + " rather than 0");
            }
            return;
        }
        int last = known.lastSequence();
        boolean inOrder = first == last + 1L || (first == 0 && last == Integer.MAX_VALUE);
        if (!inOrder) {
            throw new OutOfOrderSequenceException(
                    "producer " + known.producerId() + " writes sequence " + first + " to " + log + " after " + last);
        }
    }

    /**
     * Takes in a batch of the log. Total: what is in the log counts, whatever it is.
     *
     * @return the transaction that the batch aborted, for the index; null otherwise
     */
    public AbortedTransactions.@Nullable Entry apply(ByteBuffer buffer, int at, @Nullable EndMarker marker) {
        long producerId = BatchHeader.producerId(buffer, at);
        if (producerId == BatchHeader.NO_PRODUCER_ID) {
            return null;
        }
        ProducerState state = producers.computeIfAbsent(producerId, ProducerState::new);
        if (BatchHeader.isControl(buffer, at)) {
            return marker == null ? null : end(state, buffer, at, marker);
        }
        int offsetDelta = BatchHeader.lastOffsetDelta(buffer, at);
        long firstOffset = BatchHeader.baseOffset(buffer, at);
        state.onBatch(
                BatchHeader.producerEpoch(buffer, at),
                BatchHeader.lastSequence(buffer, at),
                firstOffset + offsetDelta,
                offsetDelta,
                BatchHeader.maxTimestamp(buffer, at));
        if (BatchHeader.isTransactional(buffer, at) && !state.isInTransaction()) {
            state.onTransactionStart(firstOffset);
            open.put(firstOffset, producerId);
            publishFirstUnstable();
        }
        return null;
    }

    private AbortedTransactions.@Nullable Entry end(ProducerState state, ByteBuffer buffer, int at, EndMarker marker) {
        long start = state.transactionStart();
        long markerOffset = BatchHeader.lastOffset(buffer, at);
        state.onMarker(
                BatchHeader.producerEpoch(buffer, at), marker.coordinatorEpoch(), BatchHeader.maxTimestamp(buffer, at));
        if (start == ProducerState.NOT_IN_TRANSACTION) {
            return null;
        }
        open.remove(start);
        ended.put(start, markerOffset);
        publishFirstUnstable();
        if (marker.committed()) {
            return null;
        }
        long lastStable = open.isEmpty() ? markerOffset + 1 : open.firstKey();
        return new AbortedTransactions.Entry(state.producerId(), start, markerOffset, lastStable);
    }

    /** Any thread. {@link #ALL_STABLE} when everything is. */
    public long firstUnstableOffset() {
        return firstUnstableOffset;
    }

    public void onHighWatermark(long highWatermark) {
        if (!ended.isEmpty() && ended.values().removeIf(markerOffset -> markerOffset < highWatermark)) {
            publishFirstUnstable();
        }
    }

    private void publishFirstUnstable() {
        long firstOpen = open.isEmpty() ? ALL_STABLE : open.firstKey();
        long firstEnded = ended.isEmpty() ? ALL_STABLE : ended.firstKey();
        firstUnstableOffset = Math.min(firstOpen, firstEnded);
    }

    /** Forgets producers that have been idle for long (producer.id.expiration.ms), but never an open transaction. */
    public void expire(long nowMs, long expirationMs) {
        producers.values().removeIf(state -> !state.isInTransaction() && nowMs - state.lastTimestamp() >= expirationMs);
    }

    void restore(ProducerState state) {
        producers.put(state.producerId(), state);
        if (state.isInTransaction()) {
            open.put(state.transactionStart(), state.producerId());
            publishFirstUnstable();
        }
    }

    public void clear() {
        producers.clear();
        open.clear();
        ended.clear();
        publishFirstUnstable();
    }

    public Collection<ProducerState> all() {
        return producers.values();
    }

    public boolean isInTransaction(long producerId, short epoch) {
        ProducerState state = producers.get(producerId);
        return state != null && state.isInTransaction() && state.epoch() == epoch;
    }

    public boolean hasSequence(long producerId, short epoch, int sequence) {
        ProducerState state = producers.get(producerId);
        return state != null && state.epoch() == epoch && sequence <= state.lastSequence();
    }

    public boolean isKnown(long producerId) {
        return producers.containsKey(producerId);
    }

    /** What each producer has written last, which a cleaning must leave a trace of. */
    public Map<Long, LastRecord> lastRecords() {
        Map<Long, LastRecord> lastRecords = new HashMap<>(2 * producers.size());
        for (ProducerState state : producers.values()) {
            lastRecords.put(state.producerId(), new LastRecord(state.lastDataOffset(), state.epoch()));
        }
        return lastRecords;
    }

    public long openTransaction(long producerId) {
        ProducerState state = producers.get(producerId);
        return state == null ? ProducerState.NOT_IN_TRANSACTION : state.transactionStart();
    }

    public List<ProducerStatus> statuses() {
        List<ProducerStatus> statuses = new ArrayList<>(producers.size());
        for (ProducerState state : producers.values()) {
            statuses.add(new ProducerStatus(
                    state.producerId(),
                    state.epoch(),
                    state.lastSequence(),
                    state.lastTimestamp(),
                    state.coordinatorEpoch(),
                    state.transactionStart()));
        }
        return statuses;
    }
}
