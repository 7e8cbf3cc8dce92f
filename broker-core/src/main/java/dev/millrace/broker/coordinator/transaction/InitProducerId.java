package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A producer takes over a transactional id, or goes on with it after an error (InitProducerId, key 22).
 *
 * @param expected who the producer believes it is (KIP-360); null for one that starts
 * @param newId an unused producer id; null unless this command was found to need one
 */
public record InitProducerId(
        Ticket<Result> ticket,
        String transactionalId,
        int timeoutMs,
        @Nullable ProducerIdAndEpoch expected,
        @Nullable Long newId)
        implements Postponable, WantsProducerId {

    public static InitProducerId of(
            Ticket<Result> ticket, String transactionalId, int timeoutMs, @Nullable ProducerIdAndEpoch expected) {
        return new InitProducerId(ticket, transactionalId, timeoutMs, expected, null);
    }

    /** To be decided anew: an id that was found for it may have been given away meanwhile. */
    InitProducerId anew() {
        return of(ticket, transactionalId, timeoutMs, expected);
    }

    @Override
    public InitProducerId withNewId(long id) {
        return new InitProducerId(ticket, transactionalId, timeoutMs, expected, id);
    }

    @Override
    public void refuse(Decision.Builder<TransactionEvent> decision, Errors error) {
        decision.answer(ticket, Result.of(error));
    }

    @Override
    public void onUnavailable(Decision.Builder<TransactionEvent> decision, Errors error, long nowMs) {
        refuse(decision, error);
    }

    /** Who the producer is from now on, or why not. */
    public record Result(Errors error, ProducerIdAndEpoch producer) {

        static Result of(ProducerIdAndEpoch producer) {
            return new Result(Errors.NONE, producer);
        }

        static Result of(Errors error) {
            return new Result(error, ProducerIdAndEpoch.NONE);
        }
    }
}
