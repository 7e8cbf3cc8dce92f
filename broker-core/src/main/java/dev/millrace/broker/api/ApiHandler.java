package dev.millrace.broker.api;

import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractRequest;

/**
 * Serves one API key. Called on a network loop; must not block. The ticket may be answered later and from any thread, by
 * {@link Ticket#answer} with the response, or by {@link Ticket#fail} for an error that concerns the whole request: it is
 * then mapped by the request's own {@code getErrorResponse}.
 */
public interface ApiHandler<Q extends AbstractRequest, R extends ApiMessage> {

    ApiKeys key();

    /** Whether ApiVersions tells clients of it. What is not told of is served all the same. */
    default boolean isAdvertised() {
        return true;
    }

    void handle(ApiRequest<Q> request, Ticket<R> ticket);
}
