package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Who may be the producer of a transactional id. A newcomer always may, and fences whoever was there; a producer that says
 * who it is may go on as long as nobody came after it (KIP-360).
 */
final class Initialisation {

    private final Transactions transactions;
    private final TransactionEnd end;
    private final Parking parking;
    private final TransactionConfig config;

    Initialisation(Transactions transactions, TransactionEnd end, Parking parking, TransactionConfig config) {
        this.transactions = transactions;
        this.end = end;
        this.parking = parking;
        this.config = config;
    }

    Decision<TransactionEvent> decide(InitProducerId command, long nowMs) {
        if (command.transactionalId().isEmpty()) {
            return refuse(command, Errors.INVALID_REQUEST);
        }
        if (command.timeoutMs() <= 0 || command.timeoutMs() > config.timeoutMsMax()) {
            return refuse(command, Errors.INVALID_TRANSACTION_TIMEOUT);
        }
        TransactionState state = transactions.state(command.transactionalId());
        if (state == null) {
            return first(command, nowMs);
        }
        ProducerIdAndEpoch expected = command.expected();
        if (expected != null && !isKnown(expected, state.producer())) {
            return refuse(command, Errors.PRODUCER_FENCED);
        }
        if (state instanceof TransactionState.Idle idle) {
            return takeOver(command, idle, nowMs);
        }
        Decision.Builder<TransactionEvent> decision = Decision.builder();
        if (state instanceof TransactionState.Ongoing ongoing) {
            if (expected != null && expected.epoch() != ongoing.producer().epoch()) {
                return refuse(command, Errors.PRODUCER_FENCED);
            }
            // The raised epoch of the abort is nobody's, or the expected producer's own: a newcomer's command raises it
            // once more when the abort is complete.
            short version = end.transactionVersion();
            if (ongoing.producer().needsNewIdToEnd(version) && command.newId() == null) {
                return allocate(command);
            }
            end.enter(decision, command.transactionalId(), ongoing.prepareAbortFenced(version, command.newId(), nowMs));
        }
        parking.park(decision, command.anew(), nowMs);
        return decision.build();
    }

    /**
     * The producer itself, or the one that it was before its epochs were used up: its retry may have crossed the answer. Or
     * the one that it will be as soon as its transaction has ended.
     */
    private static boolean isKnown(ProducerIdAndEpoch expected, TransactionalProducer producer) {
        return expected.id() == producer.id()
                || expected.equals(producer.next())
                || (expected.id() == producer.previousId() && TransactionalProducer.isExhausted(expected.epoch()));
    }

    private static Decision<TransactionEvent> first(InitProducerId command, long nowMs) {
        Long newId = command.newId();
        return newId == null
                ? allocate(command)
                : enter(
                        command,
                        new TransactionState.Empty(TransactionalProducer.first(newId, command.timeoutMs()), nowMs));
    }

    private static Decision<TransactionEvent> takeOver(
            InitProducerId command, TransactionState.Idle state, long nowMs) {
        TransactionalProducer producer = state.producer();
        ProducerIdAndEpoch expected = command.expected();
        boolean isCurrent = expected == null || expected.epoch() == producer.epoch();
        if (isCurrent && producer.isExhausted()) {
            Long newId = command.newId();
            return newId == null
                    ? allocate(command)
                    : enter(
                            command,
                            state.initialised(producer.rotated(newId, command.timeoutMs(), expected != null), nowMs));
        }
        TransactionalProducer next = successor(producer, expected, command.timeoutMs());
        return next == null ? refuse(command, Errors.PRODUCER_FENCED) : enter(command, state.initialised(next, nowMs));
    }

    private static @Nullable TransactionalProducer successor(
            TransactionalProducer producer, @Nullable ProducerIdAndEpoch expected, int timeoutMs) {
        if (expected == null) {
            return producer.takenOver(timeoutMs);
        }
        if (expected.epoch() == producer.epoch()) {
            return producer.raised(timeoutMs);
        }
        return expected.epoch() == producer.lastEpoch() ? producer.raisedAlready(timeoutMs) : null;
    }

    private static Decision<TransactionEvent> enter(InitProducerId command, TransactionState.Empty state) {
        Ticket<InitProducerId.Result> ticket = command.ticket();
        return Decision.<TransactionEvent>builder()
                .event(new TransactionEvent.StateEntered(command.transactionalId(), state))
                .answer(ticket, InitProducerId.Result.of(state.producer().idAndEpoch()))
                .build();
    }

    private static Decision<TransactionEvent> allocate(InitProducerId command) {
        return Decision.<TransactionEvent>builder()
                .effect(new AllocateProducerId(command))
                .build();
    }

    private static Decision<TransactionEvent> refuse(InitProducerId command, Errors error) {
        return Decision.answer(command.ticket(), InitProducerId.Result.of(error));
    }
}
