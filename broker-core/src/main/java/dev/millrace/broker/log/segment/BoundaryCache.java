package dev.millrace.broker.log.segment;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Where batches begin, for some offsets: of the latest appends and of the ends of the latest reads. A consumer goes on
 * where it left off and reads up to an end that was appended a moment ago, so both ends of nearly every read are known
 * without a search. Every entry is a fact of its own for as long as the segment is not truncated (which makes a new
 * segment object with a new cache), so threads may overwrite each other's.
 */
final class BoundaryCache {
    private static final int SLOTS = 64;
    static final long NONE = -1;

    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

    BoundaryCache() {
        for (int i = 0; i < SLOTS; i++) {
            slots.setPlain(i, NONE);
        }
    }

    void put(long boundary) {
        slots.setRelease(slot(Boundary.relativeOffset(boundary)), boundary);
    }

    /** A {@link Boundary}, or {@link #NONE}. */
    long get(long relativeOffset) {
        long boundary = slots.getAcquire(slot(relativeOffset));
        return boundary != NONE && Boundary.relativeOffset(boundary) == relativeOffset ? boundary : NONE;
    }

    private static int slot(long relativeOffset) {
        return (int) ((relativeOffset * 0x9E37_79B9_7F4A_7C15L) >>> 58);
    }
}
