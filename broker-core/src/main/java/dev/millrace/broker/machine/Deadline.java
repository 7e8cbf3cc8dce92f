package dev.millrace.broker.machine;

/** A point in time, in milliseconds since the epoch. Compared against the loop's clock, never against the machine's. */
public record Deadline(long atMs) {

    /** {@code durationMs} from now; a duration that would overflow means never. */
    public static Deadline after(long nowMs, long durationMs) {
        long atMs = nowMs + durationMs;
        return new Deadline(atMs < nowMs ? Long.MAX_VALUE : atMs);
    }

    public boolean hasPassed(long nowMs) {
        return nowMs >= atMs;
    }

    /** Never negative. */
    public long remainingMs(long nowMs) {
        return Math.max(0, atMs - nowMs);
    }
}
