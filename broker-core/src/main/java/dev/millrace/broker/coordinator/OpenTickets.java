package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.kafka.common.errors.ApiException;

/** Every ticket that one shard owes an answer to. On the partition's loop only. */
final class OpenTickets {

    private final Set<OpenTicket<?>> open = new LinkedHashSet<>();

    <R> OpenTicket<R> open(Ticket<R> holder) {
        OpenTicket<R> ticket = new OpenTicket<>(this, holder);
        open.add(ticket);
        return ticket;
    }

    void remove(OpenTicket<?> ticket) {
        open.remove(ticket);
    }

    /** In the order in which they came in. */
    void failAll(ApiException error) {
        for (OpenTicket<?> ticket : new ArrayList<>(open)) {
            ticket.fail(error);
        }
    }
}
