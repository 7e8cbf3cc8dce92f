package dev.millrace.broker.api;

import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.wire.ServedVersions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One handler per API key, and the way from a decoded request to the handler of its key. Immutable; any thread. */
public final class ApiTable {

    private static final Logger LOG = LoggerFactory.getLogger(ApiTable.class);

    private final Map<ApiKeys, ApiHandler<?, ?>> handlers = new EnumMap<>(ApiKeys.class);
    private final List<DisconnectListener> disconnectListeners = new ArrayList<>();
    private final ServedVersions versions;

    /** A table of these handlers, and one for ApiVersions, which tells them all. */
    public ApiTable(Collection<ApiHandler<?, ?>> handlers, ApiVersionsHandler.Features features) {
        handlers.forEach(this::add);
        ApiVersionsHandler apiVersions = new ApiVersionsHandler(this, features);
        add(apiVersions);
        this.versions = new ServedVersions(this.handlers.keySet(), key -> Objects.requireNonNull(this.handlers.get(key))
                .isAdvertised());
    }

    private void add(ApiHandler<?, ?> handler) {
        ApiHandler<?, ?> other = handlers.putIfAbsent(handler.key(), handler);
        if (other != null) {
            throw new IllegalArgumentException(
                    handler.key() + " has two handlers: " + other.getClass() + ", " + handler.getClass());
        }
        if (handler instanceof DisconnectListener listener) {
            disconnectListeners.add(listener);
        }
    }

    public ServedVersions versions() {
        return versions;
    }

    /**
     * Hands the request to its handler. What the handler throws is the answer: an {@link ApiException} as its error,
     * anything else as UNKNOWN_SERVER_ERROR.
     *
     * @param ticket takes the response of any key
     */
    public void dispatch(ApiRequest<?> request, Ticket<ApiMessage> ticket) {
        ApiHandler<?, ?> handler = handlers.get(request.header().apiKey());
        if (handler == null) {
            ticket.fail(new InvalidRequestException(request.header().apiKey() + " is not served"));
            return;
        }
        try {
            handle(handler, request, ticket);
        } catch (ApiException e) {
            ticket.fail(e);
        } catch (RuntimeException e) {
            LOG.error(
                    "A request broke its handler: apiKey={}, version={}, connection={}",
                    request.header().apiKey(),
                    request.version(),
                    request.peer().connectionId(),
                    e);
            ticket.fail(new UnknownServerException("The broker failed to handle the request", e));
        }
    }

    /** The connection is closed: nothing will come from it any more. */
    public void onDisconnected(ApiRequest.Peer peer) {
        disconnectListeners.forEach(listener -> listener.onDisconnected(peer));
    }

    @SuppressWarnings("unchecked") // The codec made the body from the key that chose the handler.
    private static <Q extends AbstractRequest, R extends ApiMessage> void handle(
            ApiHandler<Q, R> handler, ApiRequest<?> request, Ticket<ApiMessage> ticket) {
        handler.handle((ApiRequest<Q>) request, (Ticket<R>) (Ticket<?>) ticket);
    }
}
