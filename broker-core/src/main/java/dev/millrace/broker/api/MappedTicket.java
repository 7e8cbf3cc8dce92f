package dev.millrace.broker.api;

import dev.millrace.broker.machine.Ticket;
import java.util.function.Function;
import org.apache.kafka.common.errors.ApiException;

/** Hands what a command answers on as a response. */
public final class MappedTicket<A, R> implements Ticket<A> {

    private final Ticket<R> target;
    private final Function<A, R> mapping;

    public MappedTicket(Ticket<R> target, Function<A, R> mapping) {
        this.target = target;
        this.mapping = mapping;
    }

    @Override
    public void answer(A value) {
        target.answer(mapping.apply(value));
    }

    @Override
    public void fail(ApiException error) {
        target.fail(error);
    }
}
