package dev.millrace.broker.security;

import java.util.Arrays;

/**
 * How much a second, over a number of windows, as Kafka's quotas reckon it: a window counts as a whole from its beginning,
 * and the first ones as if all before them had been without anything. So a client that was silent may take at once what it
 * is entitled to over all windows. Not thread safe.
 */
public final class SlidingRate {

    private final long[] startsMs;
    private final double[] amounts;
    private final long windowMs;
    private int current;

    SlidingRate(int windows, long windowMs, long nowMs) {
        this.startsMs = new long[windows];
        this.amounts = new double[windows];
        this.windowMs = windowMs;
        Arrays.fill(startsMs, Long.MIN_VALUE);
        startsMs[0] = nowMs;
    }

    public void add(double amount, long nowMs) {
        if (nowMs - startsMs[current] >= windowMs) {
            current = (current + 1) % startsMs.length;
            startsMs[current] = nowMs;
            amounts[current] = 0;
        }
        amounts[current] += amount;
    }

    /** A second. */
    double rate(long nowMs) {
        double sum = 0;
        for (int i = 0; i < startsMs.length; i++) {
            if (isCounted(i, nowMs)) {
                sum += amounts[i];
            }
        }
        return sum * 1000 / elapsedMs(nowMs);
    }

    /** The time that the rate is reckoned over. */
    long elapsedMs(long nowMs) {
        long oldestMs = nowMs;
        for (int i = 0; i < startsMs.length; i++) {
            if (isCounted(i, nowMs)) {
                oldestMs = Math.min(oldestMs, startsMs[i]);
            }
        }
        long elapsed = nowMs - oldestMs;
        long missing = startsMs.length - 1 - elapsed / windowMs;
        return Math.max(1, missing > 0 ? elapsed + missing * windowMs : elapsed);
    }

    private boolean isCounted(int i, long nowMs) {
        return startsMs[i] != Long.MIN_VALUE && nowMs - startsMs[i] < windowMs * startsMs.length;
    }
}
