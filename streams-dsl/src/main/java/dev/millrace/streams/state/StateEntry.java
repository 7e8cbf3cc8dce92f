package dev.millrace.streams.state;

import org.jspecify.annotations.Nullable;

/**
 * One key, or one key in one window, with its live value. Aggregating changes the entry in place: no look-up by bytes, no
 * serializing, no new object per record.
 */
public final class StateEntry {

    /** The window start of entries that have no window. */
    public static final long NO_WINDOW = -1;

    public final Object key;
    public final long windowStartMs;
    /** Null while there is no aggregate: a new key, or a deleted one. */
    public @Nullable Object value;
    /** Event time of the newest record in the value. */
    public long timestampMs;

    final Object identity;
    final int hash;

    @Nullable
    StateEntry nextInBucket;

    @Nullable
    StateEntry nextInWindow;
    /** Whether the value has changed since it last went downstream and to the changelog. */
    boolean dirty;
    /** The value as it last went downstream, in bytes because the live one may have changed; only kept where it is asked for. */
    byte @Nullable [] sent;
    /** Whether the changelog may hold a value of this key, so that a deletion needs a tombstone. */
    boolean logged;

    StateEntry(Object key, Object identity, int hash, long windowStartMs) {
        this.key = key;
        this.identity = identity;
        this.hash = hash;
        this.windowStartMs = windowStartMs;
    }
}
