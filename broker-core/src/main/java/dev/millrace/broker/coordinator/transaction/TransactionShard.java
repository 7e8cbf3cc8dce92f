package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Shard;
import dev.millrace.broker.machine.TimerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Coordinates the transactional ids of one partition of {@code __transaction_state}. The rules are in the classes that it
 * hands commands to; this one only knows which.
 */
public final class TransactionShard implements Shard<TransactionCommand, TransactionEvent> {

    private final Transactions transactions = new Transactions();
    private final Initialisation initialisation;
    private final Enrolment enrolment;
    private final TransactionEnd end;
    private final Parking parking;
    private final Expiration expiration;
    private final TransactionQueries queries;
    private final TransactionConfig config;

    /**
     * @param coordinatorEpoch the leader epoch of the partition: partitions refuse markers of coordinators before
     * @param transactionVersion the finalized level of transaction.version
     */
    public TransactionShard(int coordinatorEpoch, TransactionConfig config, IntSupplier transactionVersion) {
        this.config = config;
        parking = new Parking(transactions);
        end = new TransactionEnd(transactions, parking, coordinatorEpoch, transactionVersion);
        initialisation = new Initialisation(transactions, end, parking, config);
        enrolment = new Enrolment(transactions, parking);
        expiration = new Expiration(transactions, config);
        queries = new TransactionQueries(transactions);
    }

    @Override
    public Decision<TransactionEvent> decide(TransactionCommand command, long nowMs) {
        if (command instanceof InitProducerId init) {
            return initialisation.decide(init, nowMs);
        } else if (command instanceof ProducerIdUnavailable unavailable) {
            Decision.Builder<TransactionEvent> decision = Decision.builder();
            unavailable.command().onUnavailable(decision, unavailable.error(), nowMs);
            return decision.build();
        } else if (command instanceof AddPartitions add) {
            return enrolment.decide(add, nowMs);
        } else if (command instanceof VerifyPartitions verify) {
            return enrolment.decide(verify);
        } else if (command instanceof EndTransaction ended) {
            return end.decide(ended, nowMs);
        } else if (command instanceof MarkersAnswered answered) {
            return end.decide(answered, nowMs);
        } else if (command instanceof SendMarkers send) {
            return end.decide(send);
        } else if (command instanceof AbortTimedOut timedOut) {
            return end.decide(timedOut, nowMs);
        } else if (command instanceof AnswerParked parked) {
            return parking.decide(parked);
        } else if (command instanceof RemoveExpired remove) {
            return expiration.decide(remove, nowMs);
        } else if (command instanceof DescribeTransaction describe) {
            return queries.decide(describe);
        } else if (command instanceof ListTransactions list) {
            return queries.decide(list, nowMs);
        }
        throw new IllegalArgumentException("no rule for " + command);
    }

    @Override
    public void apply(TransactionEvent event) {
        transactions.apply(event);
    }

    @Override
    public List<TimerChange> onLoaded(long nowMs) {
        List<TimerChange> timers = new ArrayList<>();
        transactions.forEach((transactionalId, state) -> {
            if (state instanceof TransactionState.Ongoing ongoing) {
                timers.add(new TimerChange.Schedule(new AbortTimedOut(transactionalId), ongoing.deadlineMs()));
            }
            Transactions.Delivery delivery = transactions.delivery(transactionalId);
            if (delivery != null) {
                SendMarkers send = new SendMarkers(transactionalId, delivery.id(), state.partitions());
                timers.add(new TimerChange.Schedule(send, nowMs));
            }
        });
        timers.add(new TimerChange.Schedule(new RemoveExpired(), nowMs + config.expirationIntervalMs()));
        return timers;
    }

    /** For a test to compare what a replay made with what was there. */
    @Nullable
    TransactionState state(String transactionalId) {
        return transactions.state(transactionalId);
    }
}
