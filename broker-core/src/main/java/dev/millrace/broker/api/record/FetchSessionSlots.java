package dev.millrace.broker.api.record;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions have a slot, and which has to give its up for another (KIP-227). That of a follower is privileged: all readers
 * of a partition wait for it. Guarded by {@link FetchSessions}.
 */
final class FetchSessionSlots {

    /** How long a session keeps its slot without being used, and a small one against a larger one. */
    static final long EVICTION_MS = 120_000;

    /** What a session is worth when it was used last; the id says which of equal ones gives way. */
    private record Worth(boolean privileged, int size, int id) implements Comparable<Worth> {

        private static final Comparator<Worth> ORDER = Comparator.comparing(Worth::privileged)
                .thenComparingInt(Worth::size)
                .thenComparingInt(Worth::id);

        @Override
        public int compareTo(Worth other) {
            return ORDER.compare(this, other);
        }
    }

    private record Slot(FetchSession session, Worth worth, long lastUsedMs) {}

    /** The one that was not used for longest first. */
    private final Map<Integer, Slot> slots = new LinkedHashMap<>();

    /** Those that have had their time. */
    private final TreeSet<Worth> forAll = new TreeSet<>();

    /** Those besides that give way to a privileged one at any time. */
    private final TreeSet<Worth> forPrivileged = new TreeSet<>();

    int size() {
        return slots.size();
    }

    boolean contains(int id) {
        return slots.containsKey(id);
    }

    @Nullable
    FetchSession get(int id) {
        Slot slot = slots.get(id);
        return slot == null ? null : slot.session();
    }

    void remove(int id) {
        Slot slot = slots.remove(id);
        if (slot != null) {
            forAll.remove(slot.worth());
            forPrivileged.remove(slot.worth());
        }
    }

    /** It was used, and may have grown. Without effect on one that has no slot any more. */
    void touch(FetchSession session, long nowMs) {
        if (get(session.id()) == session) {
            put(session, nowMs);
        }
    }

    private void put(FetchSession session, long nowMs) {
        remove(session.id());
        Worth worth = new Worth(session.isPrivileged(), session.size(), session.id());
        slots.put(session.id(), new Slot(session, worth, nowMs));
        boolean hadItsTime = nowMs - session.createdMs() > EVICTION_MS;
        if (hadItsTime) {
            forAll.add(worth);
        }
        if (hadItsTime || !session.isPrivileged()) {
            forPrivileged.add(worth);
        }
    }

    /** Whether it got one of so many slots. */
    boolean tryAdd(FetchSession session, int slotsMax, long nowMs) {
        while (slots.size() > slotsMax) {
            remove(longestUnused().session().id());
        }
        if (slots.size() < slotsMax || (slotsMax > 0 && evictFor(session, nowMs))) {
            put(session, nowMs);
            return true;
        }
        return false;
    }

    private Slot longestUnused() {
        return slots.values().iterator().next();
    }

    private boolean evictFor(FetchSession session, long nowMs) {
        Slot oldest = longestUnused();
        if (nowMs - oldest.lastUsedMs() > EVICTION_MS) {
            remove(oldest.session().id());
            return true;
        }
        TreeSet<Worth> candidates = session.isPrivileged() ? forPrivileged : forAll;
        // One that is worth as much stays.
        if (candidates.isEmpty()
                || candidates.first().compareTo(new Worth(session.isPrivileged(), session.size(), 0)) >= 0) {
            return false;
        }
        remove(candidates.first().id());
        return true;
    }
}
