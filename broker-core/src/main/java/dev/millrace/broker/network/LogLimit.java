package dev.millrace.broker.network;

/**
 * How many lines a second are logged of what anybody can bring about. What was left out is counted and told with the next
 * line. Any thread.
 */
final class LogLimit {

    private static final long SECOND_MS = 1000;

    private final int linesPerSecondMax;
    private long secondBeganMs;
    private int lines;
    private long leftOut;

    LogLimit(int linesPerSecondMax, long nowMs) {
        this.linesPerSecondMax = linesPerSecondMax;
        this.secondBeganMs = nowMs;
    }

    /** How many lines were left out before this one; -1 when this one is to be left out too. */
    synchronized long admit(long nowMs) {
        if (nowMs - secondBeganMs >= SECOND_MS) {
            secondBeganMs = nowMs;
            lines = 0;
        }
        if (lines >= linesPerSecondMax) {
            leftOut++;
            return -1;
        }
        lines++;
        long told = leftOut;
        leftOut = 0;
        return told;
    }
}
