package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Deadline;
import dev.millrace.broker.machine.Decision;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** Keeps requests until the transaction under way is over, but not for long, and not many. */
final class Parking {

    /** After this long a request is told CONCURRENT_TRANSACTIONS; its client still waits for the answer then. */
    static final long PARKED_MS_MAX = 1000;

    /** Per transactional id. One client asks one thing at a time; there are more only while producers fence each other. */
    static final int PARKED_MAX = 8;

    private final Transactions transactions;

    Parking(Transactions transactions) {
        this.transactions = transactions;
    }

    void park(Decision.Builder<TransactionEvent> decision, Postponable command, long nowMs) {
        String transactionalId = command.transactionalId();
        int parked = transactions.parked(transactionalId).size();
        if (parked >= PARKED_MAX) {
            command.refuse(decision, Errors.CONCURRENT_TRANSACTIONS);
            return;
        }
        decision.event(new TransactionEvent.Parked(transactionalId, command));
        if (parked == 0) {
            decision.schedule(
                    new AnswerParked(transactionalId),
                    Deadline.after(nowMs, PARKED_MS_MAX).atMs());
        }
    }

    /** The transaction is over: each is decided anew, in its turn. */
    void resume(Decision.Builder<TransactionEvent> decision, String transactionalId) {
        List<Postponable> parked = transactions.parked(transactionalId);
        if (!parked.isEmpty()) {
            parked.forEach(command -> decision.atOnce(command, command.ticket()));
            decision.cancel(new AnswerParked(transactionalId)).event(new TransactionEvent.Unparked(transactionalId));
        }
    }

    Decision<TransactionEvent> decide(AnswerParked timer) {
        Decision.Builder<TransactionEvent> decision = Decision.builder();
        for (Postponable command : transactions.parked(timer.transactionalId())) {
            command.refuse(decision, Errors.CONCURRENT_TRANSACTIONS);
        }
        return decision.event(new TransactionEvent.Unparked(timer.transactionalId()))
                .build();
    }
}
