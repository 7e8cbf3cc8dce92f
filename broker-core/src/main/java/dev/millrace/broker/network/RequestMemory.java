package dev.millrace.broker.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all requests that were received, whole or in part, and are not answered: queued.max.request.bytes. Who has as
 * much of it as is free reads no more, and what its client sends stays with that.
 *
 * <p>So there is always some left: a thousand connections that hold what they can, and never end their requests, leave a
 * thousandth of it for those that come after them. Who has nothing may always read, if only a little: a small request passes
 * at any time. (It is how switches share their buffers: Choudhury and Hahne, 1998.) What counts are bytes that are there.
 * Kafka reserves what the size in front of a request claims; there one client that claims much and sends little has all
 * others wait.
 *
 * <p>A request that is larger than what it may have has to take turns: one connection at a time may overdraw, until its
 * request is whole and answered. Any thread.
 */
final class RequestMemory {

    /** One that reads requests. */
    interface Reader {
        /** It may read on now: ask. Any thread, and not at once. */
        void readOn();
    }

    /** With less than this part of it free, reads are small. */
    private static final int SCARCE_PART = 16;

    private record Waiting(Reader reader, long bytes, boolean amidRequest, long order) {}

    private final long bytesMax;
    private final AtomicLong bytesHeld = new AtomicLong();

    /** Those that were refused, the first that was refused first. */
    private final Map<Reader, Waiting> waiting = new LinkedHashMap<>();

    /** The same, those first that hold the least. */
    private final TreeSet<Waiting> byBytes =
            new TreeSet<>(Comparator.comparingLong(Waiting::bytes).thenComparingLong(Waiting::order));

    private volatile long leastBytesWaiting = Long.MAX_VALUE;
    private volatile @Nullable Reader overdrawing;
    private boolean overdraftSpent;
    private long refused;

    RequestMemory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    long bytesMax() {
        return bytesMax;
    }

    long bytesHeld() {
        return bytesHeld.get();
    }

    long bytesFree() {
        return bytesMax - bytesHeld.get();
    }

    boolean isScarce() {
        return bytesFree() < bytesMax / SCARCE_PART;
    }

    synchronized boolean isAwaited() {
        return !waiting.isEmpty();
    }

    /** Somebody holds so much more now, or less. */
    void change(long bytes) {
        long free = bytesMax - bytesHeld.addAndGet(bytes);
        if (bytes < 0 && free > leastBytesWaiting) {
            wake();
        }
    }

    private void wake() {
        List<Reader> woken = new ArrayList<>();
        synchronized (this) {
            while (!byBytes.isEmpty() && byBytes.first().bytes() < bytesFree()) {
                woken.add(byBytes.first().reader());
                forget(byBytes.first().reader());
            }
        }
        woken.forEach(Reader::readOn);
    }

    /**
     * Whether to read on; otherwise the reader is told when to ask again.
     *
     * @param bytes what it holds
     * @param amidRequest whether it has received a part of a request
     */
    boolean mayRead(Reader reader, long bytes, boolean amidRequest) {
        if (bytes == 0 || bytes < bytesFree()) {
            return true;
        }
        synchronized (this) {
            forget(reader);
            if (overdrawing == null && amidRequest) {
                overdrawing = reader;
                overdraftSpent = false;
            }
            if (isOverdrawing(reader)) {
                return true;
            }
            Waiting one = new Waiting(reader, bytes, amidRequest, refused++);
            waiting.put(reader, one);
            byBytes.add(one);
            leastBytesWaiting = byBytes.first().bytes();
            // Asked again: what was released before this one waited has woken nobody.
            if (bytes < bytesFree()) {
                forget(reader);
                return true;
            }
            return false;
        }
    }

    private void forget(Reader reader) {
        Waiting one = waiting.remove(reader);
        if (one != null) {
            byBytes.remove(one);
            leastBytesWaiting =
                    byBytes.isEmpty() ? Long.MAX_VALUE : byBytes.first().bytes();
        }
    }

    /** Whether it is this one's turn, and its request is not whole yet. */
    boolean isOverdrawing(Reader reader) {
        if (overdrawing != reader) {
            return false;
        }
        synchronized (this) {
            return overdrawing == reader && !overdraftSpent;
        }
    }

    /** The request that the turn was given for is whole. */
    synchronized void spendOverdraft(Reader reader) {
        if (overdrawing == reader) {
            overdraftSpent = true;
        }
    }

    /** The request that the turn was given for holds nothing any more: the turn of who has waited for longest. */
    void endOverdraft(Reader reader) {
        Reader next;
        synchronized (this) {
            if (overdrawing != reader) {
                return;
            }
            next = waiting.values().stream()
                    .filter(Waiting::amidRequest)
                    .map(Waiting::reader)
                    .findFirst()
                    .orElse(null);
            overdrawing = next;
            overdraftSpent = false;
            if (next != null) {
                forget(next);
            }
        }
        if (next != null) {
            next.readOn();
        }
    }

    /** The reader has ended. */
    void leave(Reader reader) {
        synchronized (this) {
            forget(reader);
        }
        endOverdraft(reader);
    }
}
