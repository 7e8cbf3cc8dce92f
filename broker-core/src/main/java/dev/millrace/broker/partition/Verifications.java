package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.batch.TransactionalBatch;
import dev.millrace.broker.machine.Ticket;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that are about to begin on a partition. No record of a transaction is appended before its coordinator
 * is known to know of it, for then a marker will come for certain; otherwise the transaction might stay open for ever
 * (KIP-890). On the partition's loop only.
 *
 * <pre>
 *   first batch -> asked -> granted -> appended: from now on the log knows the transaction
 *                   |          `-> a marker came first: the grant is void
 *                   `-> failed: whoever comes next asks again
 * </pre>
 */
final class Verifications {

    /** How many are kept beyond the question. A grant that is forgotten costs one more question. */
    static final int KEPT_MAX = 1000;

    private record Writer(long producerId, short producerEpoch) {

        static Writer of(TransactionalBatch batch) {
            return new Writer(batch.producerId(), batch.producerEpoch());
        }
    }

    private final Map<Writer, Verification> verifications = new LinkedHashMap<>();

    boolean isGranted(TransactionalBatch batch) {
        Verification verification = verifications.get(Writer.of(batch));
        return verification != null && verification.state() == Verification.State.GRANTED;
    }

    /**
     * @param ticket answered when the batch may be appended
     * @return what the caller has to ask the coordinator about; null when somebody else is asking already
     */
    @Nullable
    Verification await(TransactionalBatch batch, boolean raisesEpoch, Ticket<Verification> ticket) {
        Verification known = verifications.get(Writer.of(batch));
        if (known != null && known.raisesEpoch() == raisesEpoch) {
            boolean asked = known.state() == Verification.State.ASKED;
            known.ask();
            known.await(batch, ticket);
            return asked ? null : known;
        }
        makeRoom();
        Verification verification = new Verification(raisesEpoch, batch.baseSequence());
        verification.await(batch, ticket);
        verifications.put(Writer.of(batch), verification);
        return verification;
    }

    private void makeRoom() {
        Iterator<Verification> all = verifications.values().iterator();
        while (verifications.size() >= KEPT_MAX && all.hasNext()) {
            if (all.next().state() != Verification.State.ASKED) {
                all.remove();
            }
        }
    }

    void onFailed(Verification verification, ApiException error) {
        if (!(error instanceof RetriableException)) {
            verifications.values().removeIf(known -> known == verification);
        }
        verification.fail(error);
    }

    /** @throws ApiException when no coordinator knows that the batch's transaction is open here, or one before is missing */
    void require(TransactionalBatch batch, PartitionLog log) {
        if (log.isInTransaction(batch.producerId(), batch.producerEpoch())) {
            return;
        }
        Verification verification = verifications.get(Writer.of(batch));
        if (verification == null || verification.state() != Verification.State.GRANTED) {
            throw new InvalidTxnStateException("Producer " + batch.producerId() + " with epoch " + batch.producerEpoch()
                    + " has no transaction under way that this partition takes part in");
        }
        boolean overtakes = batch.baseSequence() > verification.lowestSequence()
                && !log.hasSequence(batch.producerId(), batch.producerEpoch(), verification.lowestSequence());
        boolean beginsLate =
                verification.raisesEpoch() && batch.baseSequence() > 0 && !log.knowsProducer(batch.producerId());
        if (overtakes || beginsLate) {
            throw new OutOfOrderSequenceException("Producer " + batch.producerId() + " begins its transaction with"
                    + " sequence " + batch.baseSequence() + " rather than "
                    + (overtakes ? verification.lowestSequence() : 0));
        }
    }

    /** The log knows the transaction now. */
    void onAppended(TransactionalBatch batch) {
        if (!verifications.isEmpty()) {
            verifications.remove(Writer.of(batch));
        }
    }

    /**
     * A transaction of this producer has ended. A grant to a producer with an epoch of its own for each transaction is void
     * only when the marker fences that epoch; any other may have been for the transaction that is over.
     */
    void onMarker(long producerId, short markerEpoch) {
        if (!verifications.isEmpty()) {
            verifications
                    .entrySet()
                    .removeIf(known -> known.getKey().producerId() == producerId
                            && (!known.getValue().raisesEpoch()
                                    || known.getKey().producerEpoch() < markerEpoch));
        }
    }

    /**
     * The term is over. What is being asked was asked for it: the answer finds nobody, and whoever waits asks the next leader,
     * be it this one. To append on that answer would be refused as not verified, which producers can't repeat. What wanted to
     * be first still does.
     */
    void endTerm(ApiException error) {
        List<Verification> all = List.copyOf(verifications.values());
        verifications.replaceAll((writer, verification) -> verification.inNextTerm());
        all.forEach(verification -> verification.fail(error));
    }
}
