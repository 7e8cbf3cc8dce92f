package dev.millrace.broker.network;

import org.jspecify.annotations.Nullable;

/** One connection's part of the {@link RequestMemory}. Belongs to the connection's loop. */
final class MemoryShare {

    /** How often it is looked at what has come of a request that others wait for. */
    static final int STALL_MS = 250;

    /** And how much that has to be. */
    static final int BYTES_IN_STALL_MS_MIN = 16 << 10;

    private final RequestMemory memory;
    private final RequestMemory.Reader reader;
    private long bytes;
    private long bytesReceived;
    private @Nullable Object overdrawn;

    MemoryShare(RequestMemory memory, RequestMemory.Reader reader) {
        this.memory = memory;
        this.reader = reader;
    }

    /** So much does the connection hold now. */
    void set(long bytesNow) {
        if (bytesNow != bytes) {
            long change = bytesNow - bytes;
            bytes = bytesNow;
            memory.change(change);
        }
    }

    void onReceived(int count) {
        bytesReceived += count;
    }

    long bytesFree() {
        return memory.bytesFree();
    }

    boolean mayRead(boolean amidRequest) {
        return memory.mayRead(reader, bytes, amidRequest);
    }

    boolean isOverdrawing() {
        return memory.isOverdrawing(reader);
    }

    /** The request is whole, and may hold memory until {@link #onReleased}. */
    void onWhole(Object request) {
        if (overdrawn == null && memory.isOverdrawing(reader)) {
            memory.spendOverdraft(reader);
            overdrawn = request;
        }
    }

    void onReleased(Object request) {
        if (overdrawn == request) {
            overdrawn = null;
            memory.endOverdraft(reader);
        }
    }

    long bytesReceived() {
        return bytesReceived;
    }

    /** Whether all others wait for a request of which too little has come since. */
    boolean keepsOthersWaiting(long bytesReceivedBefore) {
        return isOverdrawing() && memory.isAwaited() && bytesReceived - bytesReceivedBefore < BYTES_IN_STALL_MS_MIN;
    }

    void leave() {
        memory.leave(reader);
    }
}
