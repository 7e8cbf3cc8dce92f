package dev.millrace.broker.thread;

import java.util.function.LongSupplier;

/**
 * Milliseconds since the epoch that never run backwards. Follows the machine's monotonic clock and is drawn towards its wall
 * clock, so that a step of the wall clock (NTP, an operator) neither freezes timers nor lets every session expire at once.
 * One for the whole process, so that no two loops disagree. Any thread.
 */
public final class WallClock {

    private static final long RESYNC_NANOS = 1_000_000_000L;

    /** How far one resynchronisation may bend time: a tenth of the interval, so that time never stands still. */
    private static final long CORRECTION_MS_MAX = 100;

    /** Behind by more than this (a machine that was suspended), there is no use in catching up slowly. */
    private static final long JUMP_MS = 60_000;

    /** Time passes from here on: {@code correctionMs} of bending are spread over the first interval after it. */
    private record Anchor(long nanos, long ms, long correctionMs) {

        long at(long nowNanos) {
            long elapsed = nowNanos - nanos;
            return ms + elapsed / 1_000_000 + correctionMs * Math.min(elapsed, RESYNC_NANOS) / RESYNC_NANOS;
        }
    }

    private final LongSupplier wallMs;
    private final LongSupplier nanos;
    private volatile Anchor anchor;

    public WallClock() {
        this(System::currentTimeMillis, System::nanoTime);
    }

    WallClock(LongSupplier wallMs, LongSupplier nanos) {
        this.wallMs = wallMs;
        this.nanos = nanos;
        this.anchor = new Anchor(nanos.getAsLong(), wallMs.getAsLong(), 0);
    }

    public long nowMs() {
        Anchor seen = anchor;
        long nowNanos = nanos.getAsLong();
        return nowNanos - seen.nanos < RESYNC_NANOS ? seen.at(nowNanos) : resync();
    }

    private synchronized long resync() {
        long nowNanos = nanos.getAsLong();
        long nowMs = anchor.at(nowNanos);
        if (nowNanos - anchor.nanos >= RESYNC_NANOS) {
            long behindMs = wallMs.getAsLong() - nowMs;
            anchor = behindMs > JUMP_MS
                    ? new Anchor(nowNanos, nowMs + behindMs, 0)
                    : new Anchor(nowNanos, nowMs, Math.max(-CORRECTION_MS_MAX, Math.min(CORRECTION_MS_MAX, behindMs)));
        }
        return anchor.at(nowNanos);
    }
}
