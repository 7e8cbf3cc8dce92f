package dev.millrace.streams.kstream;

import java.time.Duration;

/**
 * Windows of a fixed size, aligned to the epoch: tumbling, or hopping when they advance by less than their size. A record
 * is late for a window, and left out and counted, once event time has passed the window's end by the grace period or more.
 *
 * @param graceMs {@link #UNLIMITED_GRACE} in milliseconds for windows that never close: nothing is late, all windows are kept
 */
public record TimeWindows(long sizeMs, long advanceMs, long graceMs) {

    /** For input of any age in any order. The store keeps every window for good. */
    public static final Duration UNLIMITED_GRACE = Duration.ofMillis(Long.MAX_VALUE);

    public TimeWindows {
        if (sizeMs < 1) {
            throw new IllegalArgumentException("A window must be at least 1 ms long, not " + sizeMs + " ms.");
        }
        if (advanceMs < 1 || advanceMs > sizeMs) {
            throw new IllegalArgumentException(
                    "Windows of " + sizeMs + " ms can advance by 1 ms up to their size, not by " + advanceMs + " ms.");
        }
        if (graceMs < 0) {
            throw new IllegalArgumentException("The grace period must not be negative: " + graceMs + " ms.");
        }
    }

    public static TimeWindows ofSizeWithNoGrace(Duration size) {
        return ofSizeAndGrace(size, Duration.ZERO);
    }

    public static TimeWindows ofSizeAndGrace(Duration size, Duration afterWindowEnd) {
        return new TimeWindows(size.toMillis(), size.toMillis(), afterWindowEnd.toMillis());
    }

    /** Hopping windows: a record falls into every window that covers it. */
    public TimeWindows advanceBy(Duration advance) {
        return new TimeWindows(sizeMs, advance.toMillis(), graceMs);
    }

    /** Whether no record is ever late. */
    public boolean unlimited() {
        return graceMs == Long.MAX_VALUE;
    }

    /** Start of the earliest window that covers the time; the others follow at steps of {@link #advanceMs}. */
    public long earliestStart(long timestampMs) {
        return Math.max(0, timestampMs - sizeMs + advanceMs) / advanceMs * advanceMs;
    }

    /** The time at or before which a window must end to be closed, when this is the highest event time seen. */
    public long closeTime(long streamTimeMs) {
        return streamTimeMs - graceMs;
    }
}
