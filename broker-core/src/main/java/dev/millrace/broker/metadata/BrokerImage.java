package dev.millrace.broker.metadata;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A registered broker.
 *
 * @param epoch of this registration; grows with every start of the broker (BrokerRegistration, key 62)
 * @param incarnation random, one for each start of the process
 * @param rack broker.rack
 */
public record BrokerImage(
        int id, long epoch, Uuid incarnation, @Nullable String rack, List<Endpoint> endpoints) {

    /**
     * Where clients reach the broker.
     *
     * @param listener the listener's name, by which a client is given the address that it came in by
     */
    public record Endpoint(String listener, String host, int port) {}

    /** The address for clients that came in by {@code listener}; null when the broker has no such listener. */
    public @Nullable Endpoint endpoint(String listener) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.listener().equals(listener)) {
                return endpoint;
            }
        }
        return null;
    }
}
