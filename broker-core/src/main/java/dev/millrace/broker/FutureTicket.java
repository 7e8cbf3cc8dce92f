package dev.millrace.broker;

import dev.millrace.broker.machine.Ticket;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.ApiException;

/** For a caller that waits, as only the start of the broker does. */
final class FutureTicket<R> extends CompletableFuture<R> implements Ticket<R> {

    @Override
    public void answer(R value) {
        complete(value);
    }

    @Override
    public void fail(ApiException error) {
        completeExceptionally(error);
    }
}
