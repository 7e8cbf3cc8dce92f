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

    private static final int LINES_PER_SECOND_MAX = 10;

    private final RequestMemory requestMemory;
    private final UnsentResponses unsentResponses;
    private final LogLimit closedLines = new LogLimit(LINES_PER_SECOND_MAX, nowMs());
    private int max;
    private int perHostMax;
    private final Set<Connection> open = new HashSet<>();
    private final Map<String, Integer> openPerHost = new HashMap<>();
    private boolean draining;

    Connections(RequestMemory requestMemory, int max, int perHostMax) {
        this.requestMemory = requestMemory;
        this.unsentResponses = new UnsentResponses(requestMemory.bytesMax());
        this.max = max;
        this.perHostMax = perHostMax;
    }

    synchronized void limit(int connectionsMax, int connectionsPerHostMax) {
        max = connectionsMax;
        perHostMax = connectionsPerHostMax;
    }

    /** What all of them share. */
    RequestMemory requestMemory() {
        return requestMemory;
    }

    /** As {@link #requestMemory}, and of the same size. */
    UnsentResponses unsentResponses() {
        return unsentResponses;
    }

    private static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Logs why one was closed, in one line: with a hostile client there is one such reason after the other. */
    void logClosed(ApiRequest.Peer peer, String reason) {
        long leftOut = closedLines.admit(nowMs());
        if (leftOut > 0) {
            LOG.warn("Connections closed that were not logged: connections={}", leftOut);
        }
        if (leftOut >= 0) {
            LOG.warn("Connection closed: connection={}, reason={}", peer.connectionId(), reason);
        }
    }

    /** As {@link #logClosed}, for what nobody has foreseen; too little memory is none of it. */
    void logClosed(ApiRequest.Peer peer, Throwable cause) {
        if (cause instanceof OutOfMemoryError) {
            logClosed(peer, cause.toString());
        } else if (closedLines.admit(nowMs()) >= 0) {
            LOG.error("Connection closed: connection={}", peer.connectionId(), cause);
        }
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
