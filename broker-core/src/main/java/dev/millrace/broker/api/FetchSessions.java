package dev.millrace.broker.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of this broker's readers (KIP-227), as many as max.incremental.fetch.session.cache.slots: a reader
 * of many partitions sends, and is sent, only what has changed. Any thread; the lock is held for a look-up at a time.
 *
 * <p>Without a slot there is no session, and the reader goes on with full requests: so a new one may always be refused. It takes
 * the slot of one that was not used for {@link #IDLE_MS_MAX}, else that of a smaller one which has had its time.
 */
final class FetchSessions {

    /** How long a session keeps its slot without being used, and a small one against a larger one. */
    static final long IDLE_MS_MAX = 120_000;

    private final IntSupplier slotsMax;
    private final IntSupplier randomIds;

    /** The one that was not used for longest first. */
    private final Map<Integer, FetchSession> sessions = new LinkedHashMap<>(16, 0.75f, true);

    /** @param randomIds ids of new sessions, of which those that can be none or are taken are drawn again */
    FetchSessions(IntSupplier slotsMax, IntSupplier randomIds) {
        this.slotsMax = slotsMax;
        this.randomIds = randomIds;
    }

    /** What the request asks for: alone, or together with what was asked before in its session. */
    FetchContext begin(FetchRequest request, long nowMs) {
        FetchMetadata metadata = request.metadata();
        if (metadata.isFull()) {
            if (metadata.sessionId() != FetchMetadata.INVALID_SESSION_ID) {
                remove(metadata.sessionId());
            }
            return metadata.epoch() == FetchMetadata.FINAL_EPOCH
                    ? new FetchContext.Sessionless(request)
                    : new FetchContext.Beginning(request, this, nowMs);
        }
        FetchSession session = find(metadata.sessionId());
        if (session == null) {
            return new FetchContext.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        Errors error = session.update(request, nowMs);
        if (error != Errors.NONE) {
            return new FetchContext.Refused(error);
        }
        if (session.isEmpty()) {
            remove(session.id());
            return new FetchContext.Sessionless(request);
        }
        return new FetchContext.Incremental(session);
    }

    private synchronized @Nullable FetchSession find(int id) {
        return sessions.get(id);
    }

    private synchronized void remove(int id) {
        sessions.remove(id);
    }

    synchronized int size() {
        return sessions.size();
    }

    /** The id of a new session that begins with these answers; none when there is no slot for it. */
    synchronized int create(FetchRequest request, FetchResponseData first, long nowMs) {
        FetchSession session = new FetchSession(drawId(), request, first, nowMs);
        if (!makeRoom(session.size(), nowMs)) {
            return FetchMetadata.INVALID_SESSION_ID;
        }
        sessions.put(session.id(), session);
        return session.id();
    }

    private int drawId() {
        int id;
        do {
            id = randomIds.getAsInt();
        } while (id <= FetchMetadata.INVALID_SESSION_ID || sessions.containsKey(id));
        return id;
    }

    private boolean makeRoom(int size, long nowMs) {
        int slots = slotsMax.getAsInt();
        while (sessions.size() > slots) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        if (sessions.size() < slots) {
            return true;
        }
        if (slots <= 0) {
            return false;
        }
        FetchSession oldest = sessions.values().iterator().next();
        if (nowMs - oldest.lastUsedMs() > IDLE_MS_MAX) {
            sessions.remove(oldest.id());
            return true;
        }
        FetchSession smallest = oldest;
        for (FetchSession session : sessions.values()) {
            if (session.size() < smallest.size()) {
                smallest = session;
            }
        }
        if (smallest.size() < size && nowMs - smallest.createdMs() > IDLE_MS_MAX) {
            sessions.remove(smallest.id());
            return true;
        }
        return false;
    }
}
