package dev.millrace.broker.network;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Since when nothing went over a connection, and its end when that is too long: connections.max.idle.ms. Requests that are under
 * way do not count, as in Kafka: or a client that asks and never reads would be kept for ever. Belongs to the connection's loop.
 */
final class Idleness {

    private final Connection connection;
    private final long nanosMax;
    private volatile long lastActiveNanos;
    private long pendingBytes;
    private long bytesOfFirst;

    /** Null without a limit. Called off at the end, or it would keep a connection that is gone for as long as an idle one. */
    private @Nullable Future<?> check;

    /** @param idleMsMax not positive: no limit */
    Idleness(Connection connection, long idleMsMax, long nowNanos) {
        this.connection = connection;
        this.nanosMax = TimeUnit.MILLISECONDS.toNanos(idleMsMax);
        this.lastActiveNanos = nowNanos;
    }

    void start(Channel channel) {
        if (nanosMax > 0) {
            checkIn(nanosMax, channel);
        }
    }

    private void checkIn(long nanos, Channel channel) {
        check = connection.schedule(() -> check(channel), nanos, TimeUnit.NANOSECONDS);
    }

    private void check(Channel channel) {
        long nanosLeft = nanosLeft(channel, System.nanoTime());
        if (nanosLeft <= 0) {
            connection.closeIdle();
        } else {
            checkIn(nanosLeft, channel);
        }
    }

    void stop() {
        if (check != null) {
            check.cancel(false);
        }
    }

    /** Any thread. */
    long lastActiveNanos() {
        return lastActiveNanos;
    }

    void onActive(long nowNanos) {
        lastActiveNanos = nowNanos;
    }

    /** How long it may go on like that. A response that leaves byte by byte is seen here alone. */
    private long nanosLeft(Channel channel, long nowNanos) {
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
