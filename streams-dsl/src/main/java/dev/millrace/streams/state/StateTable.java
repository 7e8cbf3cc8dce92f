package dev.millrace.streams.state;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A hash table over key and window start in one look-up, whose entries are chained by window as well, so that closed windows
 * are found without a scan. Not thread-safe: the task's thread owns it.
 */
final class StateTable {

    private static final int INITIAL_BUCKETS = 64;

    private final KeyIdentity identities;
    private final NavigableMap<Long, StateEntry> windows = new TreeMap<>();
    private @Nullable StateEntry[] buckets = new @Nullable StateEntry[INITIAL_BUCKETS];
    private int size;

    StateTable(KeyIdentity identities) {
        this.identities = identities;
    }

    int size() {
        return size;
    }

    @Nullable
    StateEntry find(Object key, long windowStartMs) {
        Object identity = identities.of(key);
        return find(identity, hash(identity, windowStartMs), windowStartMs);
    }

    StateEntry findOrAdd(Object key, long windowStartMs) {
        Object identity = identities.of(key);
        int hash = hash(identity, windowStartMs);
        StateEntry found = find(identity, hash, windowStartMs);
        return found != null ? found : add(new StateEntry(key, identity, hash, windowStartMs));
    }

    void remove(StateEntry entry) {
        int bucket = entry.hash & (buckets.length - 1);
        StateEntry previous = null;
        for (StateEntry at = buckets[bucket]; at != null; at = at.nextInBucket) {
            if (at == entry) {
                if (previous == null) {
                    buckets[bucket] = at.nextInBucket;
                } else {
                    previous.nextInBucket = at.nextInBucket;
                }
                size--;
                unchainFromWindow(entry);
                return;
            }
            previous = at;
        }
    }

    /** Entries of all windows that start before the given time, the earliest first. */
    List<StateEntry> entriesBefore(long windowStartMs) {
        var entries = new ArrayList<StateEntry>();
        for (StateEntry head : windows.headMap(windowStartMs, false).values()) {
            for (StateEntry at = head; at != null; at = at.nextInWindow) {
                entries.add(at);
            }
        }
        return entries;
    }

    /** All entries, in no promised order; the table must not change meanwhile. */
    Iterator<StateEntry> iterator() {
        var entries = new ArrayList<StateEntry>(size);
        for (StateEntry head : buckets) {
            for (StateEntry at = head; at != null; at = at.nextInBucket) {
                entries.add(at);
            }
        }
        return entries.iterator();
    }

    private @Nullable StateEntry find(Object identity, int hash, long windowStartMs) {
        for (StateEntry at = buckets[hash & (buckets.length - 1)]; at != null; at = at.nextInBucket) {
            if (at.hash == hash && at.windowStartMs == windowStartMs && at.identity.equals(identity)) {
                return at;
            }
        }
        return null;
    }

    private StateEntry add(StateEntry entry) {
        if (size >= buckets.length - (buckets.length >> 2)) {
            grow();
        }
        int bucket = entry.hash & (buckets.length - 1);
        entry.nextInBucket = buckets[bucket];
        buckets[bucket] = entry;
        size++;
        if (entry.windowStartMs != StateEntry.NO_WINDOW) {
            entry.nextInWindow = windows.put(entry.windowStartMs, entry);
        }
        return entry;
    }

    private void grow() {
        @Nullable StateEntry[] wider = new @Nullable StateEntry[buckets.length << 1];
        for (StateEntry head : buckets) {
            StateEntry at = head;
            while (at != null) {
                StateEntry next = at.nextInBucket;
                int bucket = at.hash & (wider.length - 1);
                at.nextInBucket = wider[bucket];
                wider[bucket] = at;
                at = next;
            }
        }
        buckets = wider;
    }

    private void unchainFromWindow(StateEntry entry) {
        StateEntry head = windows.get(entry.windowStartMs);
        if (head == entry) {
            if (entry.nextInWindow == null) {
                windows.remove(entry.windowStartMs);
            } else {
                windows.put(entry.windowStartMs, entry.nextInWindow);
            }
            return;
        }
        for (StateEntry at = head; at != null; at = at.nextInWindow) {
            if (at.nextInWindow == entry) {
                at.nextInWindow = entry.nextInWindow;
                return;
            }
        }
    }

    /** Window starts are multiples of the window's size: without mixing they would fall into few buckets. */
    private static int hash(Object identity, long windowStartMs) {
        long mixed = (identity.hashCode() * 0x9E3779B97F4A7C15L) ^ (windowStartMs * 0xC2B2AE3D27D4EB4FL);
        return (int) (mixed ^ (mixed >>> 32));
    }
}
