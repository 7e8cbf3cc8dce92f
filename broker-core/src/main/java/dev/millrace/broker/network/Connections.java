package dev.millrace.broker.network;

import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.security.ClientQuotas;
import dev.millrace.broker.thread.FatalErrors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All connections of the broker, within their limits. Any thread. */
final class Connections {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private static final int LINES_PER_SECOND_MAX = 10;

    private final RequestMemory requestMemory;
    private final FatalErrors fatal;
    private final UnsentResponses unsentResponses;
    private final LogLimit closedLines = new LogLimit(LINES_PER_SECOND_MAX, nowMs());
    private final Door door;
    private final Set<Connection> open = new HashSet<>();

    /** Listeners where somebody waits for others to go. */
    private final List<Runnable> awaitingRoom = new ArrayList<>();

    /** Those that have to go for max.connections, and have not gone yet. */
    private final Set<Connection> evicted = new HashSet<>();

    private boolean draining;

    Connections(RequestMemory requestMemory, ConnectionLimits limits, ClientQuotas quotas, FatalErrors fatal) {
        this.requestMemory = requestMemory;
        this.fatal = fatal;
        this.unsentResponses = new UnsentResponses(requestMemory.bytesMax());
        this.door = new Door(limits, quotas, nowMs());
    }

    void limit(ConnectionLimits limits) {
        List<Runnable> tell;
        synchronized (this) {
            door.limit(limits);
            evictExcess();
            tell = takeAwaitingRoom();
        }
        tell.forEach(Runnable::run);
    }

    /** What all of them share. */
    RequestMemory requestMemory() {
        return requestMemory;
    }

    /** What becomes of an Error on a connection's loop. */
    FatalErrors fatal() {
        return fatal;
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
        if (cause instanceof NoMemoryException) {
            logClosed(peer, String.valueOf(cause.getMessage()));
        } else if (closedLines.admit(nowMs()) >= 0) {
            LOG.error("Connection closed: connection={}", peer.connectionId(), cause);
        }
    }

    /** One more has come to a listener: for how many milliseconds it has to wait. */
    synchronized int arrive(String listener) {
        return door.arrive(listener, nowMs());
    }

    synchronized boolean hasRoom(String listener) {
        return door.hasRoom(listener);
    }

    /** Whether there is room; otherwise one is told once that may have changed. */
    synchronized boolean awaitRoom(String listener, Runnable changed) {
        if (door.hasRoom(listener)) {
            return true;
        }
        awaitingRoom.add(changed);
        return false;
    }

    synchronized Door.Verdict enter(String listener, String host) {
        Door.Verdict verdict = door.enter(listener, host, nowMs());
        if (verdict instanceof Door.TurnedAway away) {
            logTurnedAway(listener, host, away.reason());
        } else if (verdict instanceof Door.TurnedAwayLater) {
            logTurnedAway(listener, host, "connection_creation_rate");
        } else {
            evictExcess();
        }
        return verdict;
    }

    /** As Kafka does: the one that was not used for longest goes first. Those of brokers stay. */
    private void evictExcess() {
        for (int tooMany = door.tooMany() - evicted.size(); tooMany > 0; tooMany--) {
            Connection longestUnused = open.stream()
                    .filter(connection -> !evicted.contains(connection)
                            && !door.isExempt(connection.peer().listener()))
                    .min(Comparator.comparingLong(Connection::lastActiveNanos))
                    .orElse(null);
            if (longestUnused == null) {
                return;
            }
            evicted.add(longestUnused);
            logClosed(longestUnused.peer(), "it was not used for longest and there are more than max.connections");
            longestUnused.close();
        }
    }

    private void logTurnedAway(String listener, String host, String reason) {
        if (closedLines.admit(nowMs()) >= 0) {
            LOG.warn("Connection refused: listener={}, host={}, reason={}", listener, host, reason);
        }
    }

    void leave(String listener, String host) {
        List<Runnable> tell;
        synchronized (this) {
            door.leave(listener, host);
            tell = takeAwaitingRoom();
        }
        tell.forEach(Runnable::run);
    }

    private List<Runnable> takeAwaitingRoom() {
        List<Runnable> taken = List.copyOf(awaitingRoom);
        awaitingRoom.clear();
        return taken;
    }

    /** Whether it is taken in; otherwise it is to be closed. */
    synchronized boolean add(Connection connection) {
        return !draining && open.add(connection);
    }

    synchronized void remove(Connection connection) {
        if (open.remove(connection)) {
            if (evicted.remove(connection)) {
                evictExcess();
            }
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
