package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.protocol.Errors;

/** A producer commits or aborts its transaction (EndTxn, key 26). */
public record EndTransaction(
        Ticket<Result> ticket, String transactionalId, ProducerIdAndEpoch producer, boolean committed)
        implements TransactionCommand {

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
