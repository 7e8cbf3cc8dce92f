package dev.millrace.broker.coordinator.transaction;

import static dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch.NO_EPOCH;
import static dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch.NO_ID;

/**
 * The producer that a transactional id stands for. Whoever names another epoch is fenced.
 *
 * @param lastEpoch the epoch from which a producer raised itself to this one (KIP-360), so that its retry is told from a
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

    /** KIP-890's protocol, in which every end of a transaction raises the epoch, is 2 and above. */
    private static final short VERSION_1 = 0;

    static TransactionalProducer first(long id, int timeoutMs) {
        return new TransactionalProducer(id, (short) 0, NO_EPOCH, NO_ID, timeoutMs, ProducerIdAndEpoch.NONE, VERSION_1);
    }

    static boolean isExhausted(short epoch) {
        return epoch >= EPOCH_MAX;
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
                VERSION_1);
    }

    private TransactionalProducer withEpoch(short newEpoch, short newLastEpoch, int newTimeoutMs) {
        return new TransactionalProducer(
                id, newEpoch, newLastEpoch, id, newTimeoutMs, ProducerIdAndEpoch.NONE, VERSION_1);
    }
}
