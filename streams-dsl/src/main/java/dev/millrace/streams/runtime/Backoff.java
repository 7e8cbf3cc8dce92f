package dev.millrace.streams.runtime;

/** Pauses between attempts: doubling up to a bound, and back to the beginning after a success. */
public final class Backoff {

    private static final long FIRST_MS = 100;
    private static final long MAX_MS = 5_000;

    private long currentMs;

    public long nextMs() {
        currentMs = currentMs == 0 ? FIRST_MS : Math.min(MAX_MS, currentMs * 2);
        return currentMs;
    }

    public void reset() {
        currentMs = 0;
    }
}
