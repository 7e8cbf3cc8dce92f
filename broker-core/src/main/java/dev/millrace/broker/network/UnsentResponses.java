package dev.millrace.broker.network;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The responses of all connections that are in memory and not sent. Each may have one at any time; more only as long as it
 * has less than is free, so that thousands of clients which never read cost no more than a few. Any thread.
 */
final class UnsentResponses {

    private final long bytesMax;
    private final AtomicLong bytesHeld = new AtomicLong();

    UnsentResponses(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void change(long bytes) {
        bytesHeld.addAndGet(bytes);
    }

    long bytesHeld() {
        return bytesHeld.get();
    }

    /** Whether a connection that has so much unsent may ask for more. */
    boolean mayAdd(long bytesOfConnection) {
        return bytesOfConnection == 0 || bytesOfConnection < bytesMax - bytesHeld.get();
    }
}
