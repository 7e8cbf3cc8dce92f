package dev.millrace.broker.partition;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.machine.Ticket;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * How far the replicas of a partition hold its log, and those who wait for that. On the partition's loop only; the high
 * watermark is for any thread to read.
 *
 * <pre>
 *   append -> log end -> (forced, followers fetch) -> high watermark -> acks, fetches, the coordinator's shard
 * </pre>
 */
final class PartitionReplication {

    /** The acks of whoever waits for all in-sync replicas. */
    static final short ACKS_ALL = -1;

    private final Partition partition;
    private final int nodeId;
    private final PartitionListener listener;
    private final Executor diskPool;
    private final PendingAcks pendingAcks;

    /** Of acks=1, which waits for this broker alone. */
    private final PendingAcks pendingForces;

    private final PendingFetches pendingFetches = new PendingFetches();

    /** Up to where each follower is known to hold the log in this term. */
    private final Map<Integer, Long> followerEnds = new HashMap<>();

    private volatile long highWatermark;
    private @Nullable Forcing forcing;

    PartitionReplication(Partition partition, int nodeId, PartitionListener listener, Executor diskPool) {
        this.partition = partition;
        this.nodeId = nodeId;
        this.listener = listener;
        this.diskPool = diskPool;
        this.pendingAcks = new PendingAcks(partition.loop());
        this.pendingForces = new PendingAcks(partition.loop());
    }

    /** Everything below is held by all in-sync replicas. Any thread. */
    long highWatermark() {
        return highWatermark;
    }

    PendingFetches pendingFetches() {
        return pendingFetches;
    }

    /** The partition has this log from now on; or none. */
    void onLog(@Nullable PartitionLog log) {
        if (forcing != null) {
            forcing.stop();
        }
        forcing = log == null
                ? null
                : new Forcing(partition.loop(), diskPool, log, this::onHeld, this::onForceFailed, partition::noRoom);
    }

    /** Before anybody is told that this broker leads. */
    void beginTerm(Standing.Leading leading) {
        followerEnds.clear();
        highWatermark = Math.max(highWatermark, leading.log().logStartOffset());
        advanceHighWatermark(leading);
    }

    void onLeading(Standing.Leading leading) {
        forcing().onAppended(partition.config());
        pendingFetches.onReadable(highWatermark, leading.log().lastStableOffset(highWatermark));
    }

    void endTerm(ApiException error) {
        pendingAcks.failAll(error);
        pendingForces.failAll(error);
        pendingFetches.disturbAll();
    }

    void onAppended(Standing.Leading leading, int bytes) {
        pendingFetches.onAppended(bytes);
        forcing().onAppended(partition.config());
        advanceHighWatermark(leading);
    }

    /** Answers once those hold what was appended whom {@code acks} names. */
    void acknowledge(AppendResult result, short acks, long timeoutMs, Ticket<AppendResult> ticket) {
        if (acks == ACKS_ALL && result.lastOffset() >= highWatermark) {
            pendingAcks.add(result, timeoutMs, ticket);
        } else if (acks == 1 && result.lastOffset() >= heldEnd()) {
            pendingForces.add(result, timeoutMs, ticket);
        } else {
            ticket.answer(result);
        }
    }

    /** A follower holds everything below {@code fetchOffset}. */
    void onFollowerFetch(int replica, long fetchOffset) {
        Standing.Leading leading = partition.leading();
        followerEnds.put(replica, fetchOffset);
        advanceHighWatermark(leading);
    }

    /** This broker holds more: the log was forced, or is another one, or need not be forced any more. */
    void onHeld() {
        Standing.Leading leading = partition.leadingOrNull();
        if (leading != null) {
            pendingForces.release(heldEnd());
            advanceHighWatermark(leading);
            // What came in while the disk was busy.
            forcing().onAppended(partition.config());
        }
    }

    private void onForceFailed(IOException cause) {
        Standing.Leading leading = partition.leadingOrNull();
        if (leading != null) {
            partition.takeOutOfService(leading, cause);
        }
    }

    void advanceHighWatermark(Standing.Leading leading) {
        long held = heldEnd();
        for (int replica : partition.image().isr()) {
            if (replica != nodeId) {
                held = Math.min(held, followerEnds.getOrDefault(replica, -1L));
            }
        }
        if (held > highWatermark) {
            leading.log().onHighWatermark(held);
            highWatermark = held;
            pendingAcks.release(held);
            pendingFetches.onReadable(held, leading.log().lastStableOffset(held));
            listener.onHighWatermark(partition, held);
        }
    }

    private long heldEnd() {
        return forcing().heldEnd(partition.config());
    }

    private Forcing forcing() {
        return Objects.requireNonNull(forcing);
    }
}
