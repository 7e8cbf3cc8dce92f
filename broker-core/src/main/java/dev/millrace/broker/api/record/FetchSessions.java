package dev.millrace.broker.api.record;

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
 * <p>Without a slot there is no session, and the reader goes on with full requests: so a new one may always be refused.
 */
final class FetchSessions {

    private final IntSupplier slotsMax;
    private final IntSupplier randomIds;

    private final FetchSessionSlots slots = new FetchSessionSlots();

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
        Errors error = session.update(request);
        if (error != Errors.NONE) {
            return new FetchContext.Refused(error);
        }
        if (session.isEmpty()) {
            remove(session.id());
            return new FetchContext.Sessionless(request);
        }
        touch(session, nowMs);
        return new FetchContext.Incremental(session);
    }

    private synchronized void touch(FetchSession session, long nowMs) {
        slots.touch(session, nowMs);
    }

    private synchronized @Nullable FetchSession find(int id) {
        return slots.get(id);
    }

    private synchronized void remove(int id) {
        slots.remove(id);
    }

    synchronized int size() {
        return slots.size();
    }

    /** The id of a new session that begins with these answers; none when there is no slot for it. */
    synchronized int create(FetchRequest request, FetchResponseData first, long nowMs) {
        FetchSession session = new FetchSession(drawId(), request, first, nowMs);
        return slots.tryAdd(session, slotsMax.getAsInt(), nowMs) ? session.id() : FetchMetadata.INVALID_SESSION_ID;
    }

    private int drawId() {
        int id;
        do {
            id = randomIds.getAsInt();
        } while (id <= FetchMetadata.INVALID_SESSION_ID || slots.contains(id));
        return id;
    }
}
