package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Decision;
import org.apache.kafka.common.protocol.Errors;

/** A command that may turn out to need an unused producer id: the epochs of the one at hand are used up. */
sealed interface WantsProducerId extends TransactionCommand permits InitProducerId, EndTransaction, AbortTimedOut {

    /** The same once more, with an id to give away. */
    TransactionCommand withNewId(long id);

    /** No id can be had for now. */
    void onUnavailable(Decision.Builder<TransactionEvent> decision, Errors error, long nowMs);
}
