package dev.millrace.broker.network;

import dev.millrace.broker.api.ApiRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All connections of the broker, within their limits. Any thread. */
final class Connections {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private int max;
    private int perHostMax;
    private final Set<Connection> open = new HashSet<>();
    private final Map<String, Integer> openPerHost = new HashMap<>();
    private boolean draining;

    Connections(int max, int perHostMax) {
        this.max = max;
        this.perHostMax = perHostMax;
    }

    synchronized void limit(int connectionsMax, int connectionsPerHostMax) {
        max = connectionsMax;
        perHostMax = connectionsPerHostMax;
    }

    /** Whether there is room for it; a refused connection is to be closed. */
    synchronized boolean add(Connection connection, ApiRequest.Peer peer) {
        int ofHost = openPerHost.getOrDefault(peer.host(), 0);
        if (draining || open.size() >= max || ofHost >= perHostMax) {
            LOG.warn(
                    "Connection refused: connection={}, max.connections={}, max.connections.per.ip={}",
                    peer.connectionId(),
                    max,
                    perHostMax);
            return false;
        }
        open.add(connection);
        openPerHost.put(peer.host(), ofHost + 1);
        return true;
    }

    synchronized void remove(Connection connection, ApiRequest.Peer peer) {
        if (open.remove(connection)) {
            openPerHost.computeIfPresent(peer.host(), (host, count) -> count == 1 ? null : count - 1);
            notifyAll();
        }
    }

    synchronized int size() {
        return open.size();
    }

    /** Lets each answer what it has under way and closes it; after {@code timeoutMs} whatever it has. */
    void drain(long timeoutMs) {
        List<Connection> connections;
        synchronized (this) {
            draining = true;
            connections = List.copyOf(open);
        }
        connections.forEach(Connection::drain);
        if (!awaitEmpty(timeoutMs)) {
            LOG.warn("Connections closed with requests under way: connections={}", size());
            connections.forEach(Connection::close);
        }
    }

    private synchronized boolean awaitEmpty(long timeoutMs) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        try {
            for (long left = timeoutMs; !open.isEmpty() && left > 0; ) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return open.isEmpty();
    }
}
