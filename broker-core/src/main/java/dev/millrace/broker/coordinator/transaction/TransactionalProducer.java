package dev.millrace.broker.coordinator.transaction;

import static dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch.NO_EPOCH;
import static dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch.NO_ID;

import org.jspecify.annotations.Nullable;

/**
 * The producer that a transactional id stands for. Whoever names another epoch is fenced.
 *
 * @param lastEpoch the epoch from which a producer raised itself to this one (KIP-360; KIP-890 by ending its transaction), so that its retry is told from a
 *     stranger; -1 when it did not. Not in the log, as in Apache Kafka: a retry across a change of coordinator is fenced
 * @param previousId the producer id before the last one; -1 without one
 * @param timeoutMs transaction.timeout.ms of the client
 * @param next the producer that the next transaction will use, where the end of this one exhausts the epochs (KIP-890);
 *     {@link ProducerIdAndEpoch#NONE} otherwise
 * @param clientVersion the transaction.version that the client spoke when it last ended a transaction
 */
record TransactionalProducer(
        long id,
        short epoch,
        short lastEpoch,
        long previousId,
        int timeoutMs,
        ProducerIdAndEpoch next,
        short clientVersion) {

    /**
     * The last epoch that a client may get. The one above it is kept so that a producer can always be fenced.
     */
    private static final short EPOCH_MAX = Short.MAX_VALUE - 1;

    static TransactionalProducer first(long id, int timeoutMs) {
        return new TransactionalProducer(
                id, (short) 0, NO_EPOCH, NO_ID, timeoutMs, ProducerIdAndEpoch.NONE, TransactionVersions.CLASSIC);
    }

    static boolean isExhausted(short epoch) {
        return epoch >= EPOCH_MAX;
    }

    /** Whether the end of a transaction takes a new producer id. */
    boolean needsNewIdToEnd(short transactionVersion) {
        return TransactionVersions.raisesEpoch(transactionVersion) && isExhausted();
    }

    boolean isExhausted() {
        return isExhausted(epoch);
    }

    boolean is(long producerId, short producerEpoch) {
        return id == producerId && epoch == producerEpoch;
    }

    ProducerIdAndEpoch idAndEpoch() {
        return new ProducerIdAndEpoch(id, epoch);
    }

    /** Whether this is who {@code earlier} has become by the end of its transaction, or by having been fenced. */
    boolean isSuccessorOf(ProducerIdAndEpoch earlier) {
        return (id == earlier.id() && epoch == earlier.epoch() + 1)
                || (previousId == earlier.id() && earlier.epoch() == EPOCH_MAX && epoch == 0);
    }

    /** Who the producer is for its next transaction, while the one before is still ending. */
    ProducerIdAndEpoch nextIdAndEpoch() {
        return next.id() == NO_ID ? idAndEpoch() : next;
    }

    /** Somebody new takes over: whoever was there before is fenced. */
    TransactionalProducer takenOver(int newTimeoutMs) {
        return withEpoch((short) (epoch + 1), NO_EPOCH, newTimeoutMs);
    }

    /** The same producer goes on after an error. */
    TransactionalProducer raised(int newTimeoutMs) {
        return withEpoch((short) (epoch + 1), epoch, newTimeoutMs);
    }

    /** The producer that has raised itself already asks again. */
    TransactionalProducer raisedAlready(int newTimeoutMs) {
        return withEpoch(epoch, lastEpoch, newTimeoutMs);
    }

    TransactionalProducer speaking(short transactionVersion) {
        return new TransactionalProducer(id, epoch, lastEpoch, previousId, timeoutMs, next, transactionVersion);
    }

    /**
     * As the producer ends its transaction. From transaction.version 2 on nobody who still writes with the epoch of before
     * reaches the next transaction.
     *
     * @param newId an unused producer id; null unless {@link #needsNewIdToEnd}
     */
    TransactionalProducer ending(short transactionVersion, @Nullable Long newId) {
        if (!TransactionVersions.raisesEpoch(transactionVersion)) {
            return speaking(TransactionVersions.CLASSIC);
        }
        ProducerIdAndEpoch rotated = newId == null ? ProducerIdAndEpoch.NONE : new ProducerIdAndEpoch(newId, (short) 0);
        return new TransactionalProducer(id, (short) (epoch + 1), epoch, id, timeoutMs, rotated, transactionVersion);
    }

    /** Once the transaction has ended everywhere. */
    TransactionalProducer ended() {
        return next.id() == NO_ID
                ? this
                : new TransactionalProducer(
                        next.id(), next.epoch(), lastEpoch, id, timeoutMs, ProducerIdAndEpoch.NONE, clientVersion);
    }

    /** Nobody holds the raised epoch: it only shuts out whoever holds this one. */
    TransactionalProducer fenced() {
        return withEpoch((short) Math.min(epoch + 1, Short.MAX_VALUE), NO_EPOCH, timeoutMs);
    }

    /** The epochs are used up: a new id starts over. */
    TransactionalProducer rotated(long newId, int newTimeoutMs, boolean bySameProducer) {
        return new TransactionalProducer(
                newId,
                (short) 0,
                bySameProducer ? epoch : NO_EPOCH,
                id,
                newTimeoutMs,
                ProducerIdAndEpoch.NONE,
                clientVersion);
    }

    private TransactionalProducer withEpoch(short newEpoch, short newLastEpoch, int newTimeoutMs) {
        return new TransactionalProducer(
                id, newEpoch, newLastEpoch, id, newTimeoutMs, ProducerIdAndEpoch.NONE, clientVersion);
    }
}
