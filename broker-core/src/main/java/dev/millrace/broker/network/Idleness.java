package dev.millrace.broker.network;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Since when nothing went over a connection: connections.max.idle.ms. Requests that are under way do not count, as in Kafka:
 * or a client that asks and never reads would be kept for ever. Belongs to the connection's loop.
 */
final class Idleness {

    private final long nanosMax;
    private volatile long lastActiveNanos;
    private long pendingBytes;
    private long bytesOfFirst;

    /** @param idleMsMax not positive: no limit */
    Idleness(long idleMsMax, long nowNanos) {
        this.nanosMax = TimeUnit.MILLISECONDS.toNanos(idleMsMax);
        this.lastActiveNanos = nowNanos;
    }

    boolean hasLimit() {
        return nanosMax > 0;
    }

    long nanosMax() {
        return nanosMax;
    }

    /** Any thread. */
    long lastActiveNanos() {
        return lastActiveNanos;
    }

    void onActive(long nowNanos) {
        lastActiveNanos = nowNanos;
    }

    /** How long it may go on like that. A response that leaves byte by byte is seen here alone. */
    long nanosLeft(Channel channel, long nowNanos) {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        long pending = unsent == null ? 0 : unsent.totalPendingWriteBytes();
        long ofFirst = unsent == null ? 0 : unsent.currentProgress();
        if (pending > 0 && (pending != pendingBytes || ofFirst != bytesOfFirst)) {
            lastActiveNanos = nowNanos;
        }
        pendingBytes = pending;
        bytesOfFirst = ofFirst;
        return nanosMax - (nowNanos - lastActiveNanos);
    }
}
