package dev.millrace.broker.partition;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which moves copy at the same time, and how fast all of them together: each until it is through, so that the first is done
 * early, and the others wait for their turn. Any thread.
 */
final class MoveTurns {

    /** At once: short enough for a flush to wait for. */
    private static final int STEP_BYTES_MAX = 1 << 20;

    private static final int STEP_BYTES_MIN = 1 << 14;
    private static final double MS_PER_SECOND = 1000;

    private final int movesMax;
    private final Set<LogDirMove> active = new HashSet<>();
    private final Map<LogDirMove, Runnable> waiting = new LinkedHashMap<>();
    private long bytesPerSecond = Long.MAX_VALUE;
    private double nextStepMs;

    MoveTurns(int movesMax) {
        this.movesMax = Math.max(1, movesMax);
    }

    /** So fast from now on: what was too fast or too slow until now is forgotten. */
    synchronized void configure(long newBytesPerSecond) {
        if (newBytesPerSecond != bytesPerSecond) {
            bytesPerSecond = newBytesPerSecond;
            nextStepMs = 0;
        }
    }

    /**
     * Whether the move may copy now, until it leaves.
     *
     * @param turn is run later, when it may not now
     */
    synchronized boolean enter(LogDirMove move, Runnable turn) {
        if (active.contains(move)) {
            return true;
        }
        if (active.size() < movesMax) {
            waiting.remove(move);
            return active.add(move);
        }
        waiting.put(move, turn);
        return false;
    }

    /** It does not copy any more, or not for a while. */
    void leave(LogDirMove move) {
        Runnable turn = remove(move);
        if (turn != null) {
            turn.run();
        }
    }

    private synchronized @Nullable Runnable remove(LogDirMove move) {
        waiting.remove(move);
        if (!active.remove(move) || waiting.isEmpty()) {
            return null;
        }
        LogDirMove next = waiting.keySet().iterator().next();
        return waiting.remove(next);
    }

    /** When the next step may be taken; in the past when at once. */
    synchronized long nextStepMs() {
        return bytesPerSecond == 0 ? Long.MAX_VALUE : (long) Math.min(Long.MAX_VALUE, nextStepMs);
    }

    /** How much may be copied in one step. */
    synchronized int stepBytes() {
        return (int) Math.max(STEP_BYTES_MIN, Math.min(STEP_BYTES_MAX, bytesPerSecond));
    }

    synchronized void onCopied(long bytes, long nowMs) {
        if (bytes > 0) {
            nextStepMs = Math.max(nextStepMs, (double) nowMs) + MS_PER_SECOND * bytes / bytesPerSecond;
        }
    }
}
