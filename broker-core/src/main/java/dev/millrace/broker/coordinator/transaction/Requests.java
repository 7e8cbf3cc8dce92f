package dev.millrace.broker.coordinator.transaction;

import org.apache.kafka.common.protocol.Errors;

/** What every request of a producer about its own transaction must fulfil. */
final class Requests {

    private Requests() {}

    /** NONE when the producer is the one that the transactional id stands for. */
    static Errors check(String transactionalId, ProducerIdAndEpoch claimed, Transactions transactions) {
        if (transactionalId.isEmpty()) {
            return Errors.INVALID_REQUEST;
        }
        TransactionState state = transactions.state(transactionalId);
        if (state != null && state.producer().next().equals(claimed)) {
            // Its last transaction is still ending, and it was told already who it is for the next one.
            return Errors.NONE;
        }
        if (state == null || state.producer().id() != claimed.id()) {
            return Errors.INVALID_PRODUCER_ID_MAPPING;
        }
        return state.producer().epoch() == claimed.epoch() ? Errors.NONE : Errors.PRODUCER_FENCED;
    }
}
