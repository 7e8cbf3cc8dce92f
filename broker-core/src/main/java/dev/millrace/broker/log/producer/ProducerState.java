package dev.millrace.broker.log.producer;

import dev.millrace.broker.log.batch.BatchHeader;

/** What the log remembers of one producer (KIP-98). The loop's own. */
public final class ProducerState {
    /** As many as a producer may have in flight: max.in.flight.requests.per.connection is at most 5 under idempotence. */
    private static final int BATCHES = 5;

    public static final long NOT_IN_TRANSACTION = -1;
    static final int NO_SEQUENCE = -1;
    static final long NOT_FOUND = -1;

    private final long producerId;
    private final int[] lastSequences = new int[BATCHES];
    private final int[] offsetDeltas = new int[BATCHES];
    private final long[] lastOffsets = new long[BATCHES];
    private final long[] timestamps = new long[BATCHES];
    private int batches;
    private int newest = -1;

    private short epoch = (short) BatchHeader.NO_EPOCH;
    private int coordinatorEpoch = BatchHeader.NO_EPOCH;
    private long lastTimestamp = BatchHeader.NO_TIMESTAMP;
    private long transactionStart = NOT_IN_TRANSACTION;

    ProducerState(long producerId) {
        this.producerId = producerId;
    }

    void onBatch(short batchEpoch, int lastSequence, long lastOffset, int offsetDelta, long timestamp) {
        toEpoch(batchEpoch);
        newest = (newest + 1) % BATCHES;
        lastSequences[newest] = lastSequence;
        offsetDeltas[newest] = offsetDelta;
        lastOffsets[newest] = lastOffset;
        timestamps[newest] = timestamp;
        batches = Math.min(BATCHES, batches + 1);
        lastTimestamp = timestamp;
    }

    /** The one before all that are known of the epoch; nothing happens when that is more than is remembered. */
    void addEarlierBatch(int lastSequence, long lastOffset, int offsetDelta, long timestamp) {
        if (batches > 0 && batches < BATCHES) {
            int slot = Math.floorMod(newest - batches, BATCHES);
            lastSequences[slot] = lastSequence;
            offsetDeltas[slot] = offsetDelta;
            lastOffsets[slot] = lastOffset;
            timestamps[slot] = timestamp;
            batches++;
        }
    }

    /** Somebody who is told of batches. */
    interface BatchVisitor {
        void visit(int lastSequence, long lastOffset, int offsetDelta, long timestamp);
    }

    /** Those before the latest, going back. */
    void visitEarlierBatches(BatchVisitor visitor) {
        for (int i = 1; i < batches; i++) {
            int slot = Math.floorMod(newest - i, BATCHES);
            visitor.visit(lastSequences[slot], lastOffsets[slot], offsetDeltas[slot], timestamps[slot]);
        }
    }

    int earlierBatches() {
        return Math.max(0, batches - 1);
    }

    void onTransactionStart(long firstOffset) {
        transactionStart = firstOffset;
    }

    void onMarker(short markerEpoch, int markerCoordinatorEpoch, long timestamp) {
        toEpoch(markerEpoch);
        coordinatorEpoch = markerCoordinatorEpoch;
        transactionStart = NOT_IN_TRANSACTION;
        lastTimestamp = timestamp;
    }

    private void toEpoch(short newEpoch) {
        if (newEpoch != epoch) {
            epoch = newEpoch;
            batches = 0;
        }
    }

    /** The slot of the batch with exactly these sequence numbers; {@link #NOT_FOUND} when it is none of the latest. */
    long findBatch(short batchEpoch, int firstSequence, int lastSequence) {
        if (batchEpoch != epoch) {
            return NOT_FOUND;
        }
        for (int i = 0; i < batches; i++) {
            int slot = Math.floorMod(newest - i, BATCHES);
            int first = (lastSequences[slot] - offsetDeltas[slot]) & Integer.MAX_VALUE;
            if (lastSequences[slot] == lastSequence && first == firstSequence) {
                return slot;
            }
        }
        return NOT_FOUND;
    }

    long firstOffset(long slot) {
        return lastOffsets[(int) slot] - offsetDeltas[(int) slot];
    }

    long lastOffset(long slot) {
        return lastOffsets[(int) slot];
    }

    long timestamp(long slot) {
        return timestamps[(int) slot];
    }

    long producerId() {
        return producerId;
    }

    short epoch() {
        return epoch;
    }

    int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    long lastTimestamp() {
        return lastTimestamp;
    }

    long transactionStart() {
        return transactionStart;
    }

    boolean isInTransaction() {
        return transactionStart != NOT_IN_TRANSACTION;
    }

    boolean hasBatches() {
        return batches > 0;
    }

    int lastSequence() {
        return batches == 0 ? NO_SEQUENCE : lastSequences[newest];
    }

    long lastDataOffset() {
        return batches == 0 ? -1 : lastOffsets[newest];
    }

    int lastOffsetDelta() {
        return batches == 0 ? 0 : offsetDeltas[newest];
    }
}
