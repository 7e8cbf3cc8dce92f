package dev.millrace.broker.partition;

import dev.millrace.broker.log.batch.TransactionalBatch;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;

/**
 * The question whether a partition takes part in a producer's transaction, and its answer (KIP-890). On the partition's
 * loop only.
 */
public final class Verification {

    enum State {
        /** The coordinator is being asked. */
        ASKED,
        /** The partition takes part, and nothing of the transaction was appended yet. */
        GRANTED,
        /** The coordinator could not be asked. */
        FAILED
    }

    private final boolean raisesEpoch;
    private final List<Ticket<Verification>> waiting = new ArrayList<>(1);
    private State state = State.ASKED;
    private int lowestSequence;

    Verification(boolean raisesEpoch, int sequence) {
        this.raisesEpoch = raisesEpoch;
        this.lowestSequence = sequence;
    }

    /** Nothing is known any more, but who wanted to be the first. */
    Verification inNextTerm() {
        Verification next = new Verification(raisesEpoch, lowestSequence);
        next.state = State.FAILED;
        return next;
    }

    State state() {
        return state;
    }

    /** Whether the producer has an epoch of its own for each transaction: transaction.version 2. */
    boolean raisesEpoch() {
        return raisesEpoch;
    }

    /** Of the batches that wanted to be the first. One behind it must not overtake it. */
    int lowestSequence() {
        return lowestSequence;
    }

    void await(TransactionalBatch batch, Ticket<Verification> ticket) {
        lowestSequence = Math.min(lowestSequence, batch.baseSequence());
        waiting.add(ticket);
    }

    void ask() {
        state = State.ASKED;
    }

    /** In the order in which they came: so they are appended. */
    void grant() {
        state = State.GRANTED;
        take().forEach(ticket -> ticket.answer(this));
    }

    void fail(ApiException error) {
        state = State.FAILED;
        take().forEach(ticket -> ticket.fail(error));
    }

    private List<Ticket<Verification>> take() {
        List<Ticket<Verification>> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }
}
