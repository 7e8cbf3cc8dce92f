package dev.millrace.broker.network;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many connections are let in, and how many new ones a second (KIP-308, KIP-402, KIP-612).
 *
 * @param max max.connections
 * @param perHostMax max.connections.per.ip
 * @param perHostMaxOverrides max.connections.per.ip.overrides, by address
 * @param perSecondMax max.connection.creation.rate
 * @param listeners what is set for listeners alone, by name
 * @param exempt the listener that brokers use, where clients have another: whoever comes to it takes the place of a client
 */
public record ConnectionLimits(
        int max,
        int perHostMax,
        Map<String, Integer> perHostMaxOverrides,
        int perSecondMax,
        Map<String, OfListener> listeners,
        @Nullable String exempt) {

    /**
     * @param max listener.name.NAME.max.connections
     * @param perSecondMax listener.name.NAME.max.connection.creation.rate
     */
    public record OfListener(int max, int perSecondMax) {
        static final OfListener NONE = new OfListener(Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    int perHostMax(String host) {
        return perHostMaxOverrides.getOrDefault(host, perHostMax);
    }

    boolean isExempt(String listener) {
        return listener.equals(exempt);
    }

    OfListener of(String listener) {
        return listeners.getOrDefault(listener, OfListener.NONE);
    }
}
