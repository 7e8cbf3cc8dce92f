package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Deadline;
import dev.millrace.broker.machine.Decision;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A transaction may have been open for longer than its producer's transaction.timeout.ms. A timer.
 *
 * @param newId an unused producer id; null unless the abort was found to need one
 */
record AbortTimedOut(String transactionalId, @Nullable Long newId) implements WantsProducerId {

    /** After so long another try is made to find a producer id. */
    private static final long RETRY_MS = 1000;

    AbortTimedOut(String transactionalId) {
        this(transactionalId, null);
    }

    @Override
    public AbortTimedOut withNewId(long id) {
        return new AbortTimedOut(transactionalId, id);
    }

    @Override
    public void onUnavailable(Decision.Builder<TransactionEvent> decision, Errors error, long nowMs) {
        decision.schedule(
                new AbortTimedOut(transactionalId),
                Deadline.after(nowMs, RETRY_MS).atMs());
    }
}
