package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Decision;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/** Which partitions a transaction touches: those will be told how it ends. The first of them begins it. */
final class Enrolment {

    private final Transactions transactions;
    private final Parking parking;

    Enrolment(Transactions transactions, Parking parking) {
        this.transactions = transactions;
        this.parking = parking;
    }

    Decision<TransactionEvent> decide(AddPartitions command, long nowMs) {
        Errors error = Requests.check(command.transactionalId(), command.producer(), transactions);
        if (error != Errors.NONE) {
            return Decision.answer(command.ticket(), error);
        }
        TransactionState state = transactions.state(command.transactionalId());
        Decision.Builder<TransactionEvent> decision = Decision.builder();
        if (state instanceof TransactionState.Ongoing ongoing) {
            if (!ongoing.partitions().containsAll(command.partitions())) {
                decision.event(new TransactionEvent.StateEntered(
                        command.transactionalId(), ongoing.with(command.partitions(), command.clientVersion(), nowMs)));
            }
            decision.answer(command.ticket(), Errors.NONE);
        } else if (state instanceof TransactionState.Idle idle) {
            TransactionState.Ongoing begun = idle.begin(command.partitions(), command.clientVersion(), nowMs);
            decision.event(new TransactionEvent.StateEntered(command.transactionalId(), begun))
                    .schedule(new AbortTimedOut(command.transactionalId()), begun.deadlineMs())
                    .answer(command.ticket(), Errors.NONE);
        } else {
            parking.park(decision, command, nowMs);
        }
        return decision.build();
    }

    Decision<TransactionEvent> decide(VerifyPartitions command) {
        Errors error = Requests.check(command.transactionalId(), command.producer(), transactions);
        TransactionState state = transactions.state(command.transactionalId());
        if (error == Errors.NONE && state instanceof TransactionState.Ending) {
            error = Errors.CONCURRENT_TRANSACTIONS;
        }
        Set<TopicPartition> enrolled = state == null ? Set.of() : state.partitions();
        Map<TopicPartition, Errors> results = new HashMap<>();
        for (TopicPartition partition : command.partitions()) {
            results.put(
                    partition,
                    error != Errors.NONE || enrolled.contains(partition) ? error : Errors.TRANSACTION_ABORTABLE);
        }
        return Decision.answer(command.ticket(), results);
    }
}
