package dev.millrace.broker.log.segment;

import java.util.Arrays;

/**
 * The parts of a segment file whose checksums were compared since it was opened, so that each is compared once and not
 * with every read. Any thread; a range that is forgotten is compared again.
 */
final class VerifiedRanges {
    /** Readers go forwards, so there are about as many as there are consumers in different places. */
    private static final int RANGES_MAX = 16;

    /** Beginning and end of each, ascending and apart. */
    private volatile int[] bounds = {};

    boolean cover(int from, int to) {
        int[] now = bounds;
        for (int i = 0; i < now.length; i += 2) {
            if (now[i] <= from && to <= now[i + 1]) {
                return true;
            }
        }
        return from >= to;
    }

    synchronized void add(int from, int to) {
        int[] now = bounds;
        int[] next = new int[now.length + 2];
        int mergedFrom = from;
        int mergedTo = to;
        int count = 0;
        for (int i = 0; i < now.length; i += 2) {
            if (now[i + 1] < mergedFrom || now[i] > mergedTo) {
                next[count++] = now[i];
                next[count++] = now[i + 1];
            } else {
                mergedFrom = Math.min(mergedFrom, now[i]);
                mergedTo = Math.max(mergedTo, now[i + 1]);
            }
        }
        int at = count;
        while (at > 0 && next[at - 2] > mergedFrom) {
            at -= 2;
        }
        System.arraycopy(next, at, next, at + 2, count - at);
        next[at] = mergedFrom;
        next[at + 1] = mergedTo;
        count += 2;
        int first = count > 2 * RANGES_MAX ? 2 : 0;
        bounds = Arrays.copyOfRange(next, first, count);
    }
}
