package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * A ticket while its shard owes an answer to it, wherever the shard keeps it. Once closed, whatever else is said to it is
 * dropped: a shard may still hold a ticket that its host had to fail. On the partition's loop only.
 */
final class OpenTicket<R> implements Ticket<R> {

    private final OpenTickets owner;
    private @Nullable Ticket<R> holder;

    OpenTicket(OpenTickets owner, Ticket<R> holder) {
        this.owner = owner;
        this.holder = holder;
    }

    @Override
    public void answer(R value) {
        Ticket<R> waiting = close();
        if (waiting != null) {
            waiting.answer(value);
        }
    }

    @Override
    public void fail(ApiException error) {
        Ticket<R> waiting = close();
        if (waiting != null) {
            waiting.fail(error);
        }
    }

    private @Nullable Ticket<R> close() {
        Ticket<R> waiting = holder;
        holder = null;
        owner.remove(this);
        return waiting;
    }
}
