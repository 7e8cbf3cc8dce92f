package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Deadline;
import dev.millrace.broker.machine.Decision;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * How a transaction ends: once, and one way. From when that is in the log it is decided; the client is told so, and then
 * every partition, until each has its marker.
 */
final class TransactionEnd {

    /** How long a partition that could not take its marker is left alone. */
    static final long MARKER_RETRY_MS = 200;

    private final Transactions transactions;
    private final Parking parking;
    private final int coordinatorEpoch;
    private final IntSupplier transactionVersion;

    TransactionEnd(Transactions transactions, Parking parking, int coordinatorEpoch, IntSupplier transactionVersion) {
        this.transactions = transactions;
        this.parking = parking;
        this.coordinatorEpoch = coordinatorEpoch;
        this.transactionVersion = transactionVersion;
    }

    /** By which the coordinator itself ends transactions: that of the cluster, whatever their clients speak. */
    short transactionVersion() {
        return (short) transactionVersion.getAsInt();
    }

    Decision<TransactionEvent> decide(EndTransaction command, long nowMs) {
        return TransactionVersions.raisesEpoch(command.clientVersion())
                ? endRaisingEpoch(command, nowMs)
                : endKeepingEpoch(command, nowMs);
    }

    /**
     * From transaction.version 2 on. The epoch tells one transaction of a producer from the next: an end that arrives late
     * meets a state of another epoch, and changes nothing (KAFKA-17754).
     */
    private Decision<TransactionEvent> endRaisingEpoch(EndTransaction command, long nowMs) {
        TransactionState state = transactions.state(command.transactionalId());
        if (command.transactionalId().isEmpty() || state == null) {
            return Decision.answer(
                    command.ticket(),
                    EndTransaction.Result.of(
                            Requests.check(command.transactionalId(), command.producer(), transactions)));
        }
        if (state.producer().isSuccessorOf(command.producer()) && !isUnderWay(state)) {
            return Decision.answer(command.ticket(), again(state, command.committed()));
        }
        Errors error = Requests.check(command.transactionalId(), command.producer(), transactions);
        if (error == Errors.NONE && state instanceof TransactionState.Ending) {
            error = Errors.CONCURRENT_TRANSACTIONS;
        } else if (error == Errors.NONE && command.committed() && state instanceof TransactionState.Idle) {
            error = Errors.INVALID_TXN_STATE;
        }
        if (error != Errors.NONE) {
            return Decision.answer(command.ticket(), EndTransaction.Result.of(error));
        }
        if (state.producer().needsNewIdToEnd(command.clientVersion()) && command.newId() == null) {
            return Decision.<TransactionEvent>builder()
                    .effect(new AllocateProducerId(command))
                    .build();
        }
        TransactionState.Ending ending = state instanceof TransactionState.Ongoing ongoing
                ? ongoing.prepare(command.committed(), command.clientVersion(), command.newId(), nowMs)
                : ((TransactionState.Idle) state).prepareEmptyAbort(command.clientVersion(), command.newId(), nowMs);
        Decision.Builder<TransactionEvent> decision = Decision.builder();
        enter(decision, command.transactionalId(), ending);
        return decision.answer(
                        command.ticket(),
                        EndTransaction.Result.of(ending.producer().nextIdAndEpoch()))
                .build();
    }

    /** Not begun or not ended: no end that a client could ask for again has been decided. */
    private static boolean isUnderWay(TransactionState state) {
        return state instanceof TransactionState.Ongoing || state instanceof TransactionState.Empty;
    }

    private Decision<TransactionEvent> endKeepingEpoch(EndTransaction command, long nowMs) {
        Errors error = Requests.check(command.transactionalId(), command.producer(), transactions);
        TransactionState state = transactions.state(command.transactionalId());
        if (error != Errors.NONE || state == null) {
            return Decision.answer(command.ticket(), EndTransaction.Result.of(error));
        }
        if (state instanceof TransactionState.Ongoing ongoing) {
            Decision.Builder<TransactionEvent> decision = Decision.builder();
            enter(
                    decision,
                    command.transactionalId(),
                    ongoing.prepare(command.committed(), command.clientVersion(), null, nowMs));
            return decision.answer(
                            command.ticket(),
                            EndTransaction.Result.of(state.producer().idAndEpoch()))
                    .build();
        }
        return Decision.answer(command.ticket(), again(state, command.committed()));
    }

    /** The answer to a client that may not have got the one before. */
    private static EndTransaction.Result again(TransactionState state, boolean committed) {
        TransactionStatus status = state.status();
        if (status == (committed ? TransactionStatus.COMPLETE_COMMIT : TransactionStatus.COMPLETE_ABORT)) {
            return EndTransaction.Result.of(state.producer().idAndEpoch());
        }
        return EndTransaction.Result.of(
                status == (committed ? TransactionStatus.PREPARE_COMMIT : TransactionStatus.PREPARE_ABORT)
                        ? Errors.CONCURRENT_TRANSACTIONS
                        : Errors.INVALID_TXN_STATE);
    }

    Decision<TransactionEvent> decide(AbortTimedOut timer, long nowMs) {
        Decision.Builder<TransactionEvent> decision = Decision.builder();
        if (transactions.state(timer.transactionalId()) instanceof TransactionState.Ongoing ongoing) {
            if (new Deadline(ongoing.deadlineMs()).hasPassed(nowMs)) {
                short version = transactionVersion();
                if (ongoing.producer().needsNewIdToEnd(version) && timer.newId() == null) {
                    decision.effect(new AllocateProducerId(timer));
                } else {
                    enter(decision, timer.transactionalId(), ongoing.prepareAbortFenced(version, timer.newId(), nowMs));
                }
            } else {
                decision.schedule(new AbortTimedOut(timer.transactionalId()), ongoing.deadlineMs());
            }
        }
        return decision.build();
    }

    /** From here on the transaction ends as {@code state} says. */
    void enter(Decision.Builder<TransactionEvent> decision, String transactionalId, TransactionState.Ending state) {
        decision.event(new TransactionEvent.StateEntered(transactionalId, state))
                .cancel(new AbortTimedOut(transactionalId))
                .effect(markers(transactionalId, transactions.nextDeliveryId(), state, state.partitions()));
    }

    Decision<TransactionEvent> decide(SendMarkers timer) {
        Transactions.Delivery delivery = transactions.delivery(timer.transactionalId());
        if (!(transactions.state(timer.transactionalId()) instanceof TransactionState.Ending state)
                || delivery == null
                || delivery.id() != timer.deliveryId()) {
            return Decision.none();
        }
        Set<TopicPartition> partitions = new HashSet<>(timer.partitions());
        partitions.retainAll(delivery.missing());
        return Decision.<TransactionEvent>builder()
                .effect(markers(timer.transactionalId(), delivery.id(), state, partitions))
                .build();
    }

    private WriteMarkers markers(
            String transactionalId, long deliveryId, TransactionState.Ending state, Set<TopicPartition> partitions) {
        TransactionMarker marker = new TransactionMarker(
                state.producer().idAndEpoch(),
                coordinatorEpoch,
                state.committed(),
                state.producer().clientVersion());
        // In their order, and not Set.copyOf, whose order is another one in each process.
        return new WriteMarkers(
                transactionalId, deliveryId, marker, Collections.unmodifiableSet(new LinkedHashSet<>(partitions)));
    }

    Decision<TransactionEvent> decide(MarkersAnswered answer, long nowMs) {
        String transactionalId = answer.transactionalId();
        Transactions.Delivery delivery = transactions.delivery(transactionalId);
        if (!(transactions.state(transactionalId) instanceof TransactionState.Ending state)
                || delivery == null
                || delivery.id() != answer.deliveryId()) {
            return Decision.none();
        }
        Set<TopicPartition> delivered = new HashSet<>();
        Set<TopicPartition> failed = new HashSet<>();
        for (Map.Entry<TopicPartition, Errors> result : answer.results().entrySet()) {
            if (delivery.missing().contains(result.getKey())) {
                (isFinal(result.getValue()) ? delivered : failed).add(result.getKey());
            }
        }
        Decision.Builder<TransactionEvent> decision = Decision.builder();
        if (delivered.containsAll(delivery.missing())) {
            decision.event(new TransactionEvent.StateEntered(transactionalId, state.complete(nowMs)));
            parking.resume(decision, transactionalId);
        } else {
            decision.event(new TransactionEvent.MarkersDelivered(transactionalId, delivered));
        }
        if (!failed.isEmpty()) {
            decision.schedule(
                    new SendMarkers(transactionalId, delivery.id(), failed),
                    Deadline.after(nowMs, MARKER_RETRY_MS).atMs());
        }
        return decision.build();
    }

    /** A partition in an old message format cannot have taken any of the transaction's records either. */
    private static boolean isFinal(Errors result) {
        return result == Errors.NONE || result == Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT;
    }
}
