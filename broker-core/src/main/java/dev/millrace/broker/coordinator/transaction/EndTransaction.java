package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A producer commits or aborts its transaction (EndTxn, key 26).
 *
 * @param clientVersion the transaction.version that the client speaks
 * @param newId an unused producer id; null unless the end was found to need one
 */
public record EndTransaction(
        Ticket<Result> ticket,
        String transactionalId,
        ProducerIdAndEpoch producer,
        boolean committed,
        short clientVersion,
        @Nullable Long newId)
        implements WantsProducerId {

    public static EndTransaction of(
            Ticket<Result> ticket,
            String transactionalId,
            ProducerIdAndEpoch producer,
            boolean committed,
            short clientVersion) {
        return new EndTransaction(ticket, transactionalId, producer, committed, clientVersion, null);
    }

    @Override
    public EndTransaction withNewId(long id) {
        return new EndTransaction(ticket, transactionalId, producer, committed, clientVersion, id);
    }

    @Override
    public void onUnavailable(Decision.Builder<TransactionEvent> decision, Errors error, long nowMs) {
        decision.answer(ticket, Result.of(error));
    }

    /** Who the producer is for its next transaction, or why the end was refused. */
    public record Result(Errors error, ProducerIdAndEpoch producer) {

        static Result of(ProducerIdAndEpoch producer) {
            return new Result(Errors.NONE, producer);
        }

        static Result of(Errors error) {
            return new Result(error, ProducerIdAndEpoch.NONE);
        }
    }
}
