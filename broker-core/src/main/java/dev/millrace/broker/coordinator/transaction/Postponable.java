package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.protocol.Errors;

/**
 * A command that may wait for the transaction under way to be over. Clients that are told CONCURRENT_TRANSACTIONS instead
 * would wait as well, but for longer than the markers take.
 */
sealed interface Postponable extends TransactionCommand permits InitProducerId, AddPartitions {

    Ticket<?> ticket();

    String transactionalId();

    void refuse(Decision.Builder<TransactionEvent> decision, Errors error);
}
