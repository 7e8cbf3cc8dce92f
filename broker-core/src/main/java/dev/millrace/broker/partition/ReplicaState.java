package dev.millrace.broker.partition;

/** What a leader knows of one follower. On the partition's loop only. */
final class ReplicaState {

    private long logEndOffset = -1;
    private long lastCaughtUpMs = -1;

    /**
     * The follower asks for records from {@code fetchOffset} on, so it holds everything below.
     *
     * @param leaderEndOffset where the leader's log ends
     */
    void onFetch(long fetchOffset, long leaderEndOffset, long nowMs) {
        logEndOffset = fetchOffset;
        if (fetchOffset >= leaderEndOffset) {
            lastCaughtUpMs = nowMs;
        }
    }

    /** Everything below is on the follower's disk or in its memory; -1 when it has never fetched in this term. */
    long logEndOffset() {
        return logEndOffset;
    }

    /** When it was last known to hold all there was; -1 when never in this term. */
    long lastCaughtUpMs() {
        return lastCaughtUpMs;
    }
}
