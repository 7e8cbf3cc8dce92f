package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Deadline;
import dev.millrace.broker.machine.Decision;
import java.util.ArrayList;
import java.util.List;

/** Forgets transactional ids that nobody uses. */
final class Expiration {

    /** How many go at a time: what is left over goes in the next turn of the loop. */
    static final int EXPIRED_MAX = 500;

    private final Transactions transactions;
    private final TransactionConfig config;

    Expiration(Transactions transactions, TransactionConfig config) {
        this.transactions = transactions;
        this.config = config;
    }

    Decision<TransactionEvent> decide(RemoveExpired timer, long nowMs) {
        List<String> expired = new ArrayList<>();
        transactions.forEach((transactionalId, state) -> {
            if (expired.size() < EXPIRED_MAX && isExpired(state, nowMs)) {
                expired.add(transactionalId);
            }
        });
        Decision.Builder<TransactionEvent> decision = Decision.builder();
        expired.forEach(transactionalId -> decision.event(new TransactionEvent.Expired(transactionalId)));
        long pauseMs = expired.size() < EXPIRED_MAX ? config.expirationIntervalMs() : 0;
        return decision.schedule(timer, Deadline.after(nowMs, pauseMs).atMs()).build();
    }

    private boolean isExpired(TransactionState state, long nowMs) {
        return state instanceof TransactionState.Idle
                && Deadline.after(state.updatedMs(), config.idExpirationMs()).hasPassed(nowMs);
    }
}
