package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.machine.Loop;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Forces a log to the disk as flush.messages and flush.ms ask for it, and each time it begins a new segment, so that
 * recovery after a crash never goes through more than about one segment. One force at a time, on the disk pool: what is
 * appended meanwhile shares the next. With flush.messages=1 nothing counts as held by this broker before it is forced.
 * On the partition's loop only.
 */
final class Forcing {

    private static final long NONE = -1;
    private static final long ROOM_RETRY_MS = 1_000;

    private final Loop loop;
    private final Executor diskPool;
    private final PartitionLog log;
    private final Runnable onForced;
    private final Consumer<IOException> onFailed;
    private final Consumer<DiskFullException> onFull;

    private long forcedEnd;

    /** Base offset of the last segment that was begun before the latest force. */
    private long forcedSegment;

    private boolean forcing;
    private boolean stopped;
    private Loop.@Nullable Timer timer;

    /**
     * @param onForced the forced end has moved
     * @param onFailed nothing is forced any more
     * @param onFull there was no room for what a force writes besides; it is tried again
     */
    Forcing(
            Loop loop,
            Executor diskPool,
            PartitionLog log,
            Runnable onForced,
            Consumer<IOException> onFailed,
            Consumer<DiskFullException> onFull) {
        this.loop = loop;
        this.diskPool = diskPool;
        this.log = log;
        this.onForced = onForced;
        this.onFailed = onFailed;
        this.onFull = onFull;
        // What recovery has found after a crash may be in the kernel's memory alone.
        this.forcedEnd = log.forcedEnd();
        this.forcedSegment = forcedEnd < log.activeBaseOffset() ? NONE : log.activeBaseOffset();
    }

    /** Up to where this broker holds the log, as far as its replicas' leader may count on it. */
    long heldEnd(PartitionConfig config) {
        return config.forcesEveryRecord() ? forcedEnd : log.logEndOffset();
    }

    void onAppended(PartitionConfig config) {
        if (log.logEndOffset() - forcedEnd >= config.flushMessages() || log.activeBaseOffset() != forcedSegment) {
            force();
        } else if (config.flushMs() != Long.MAX_VALUE && timer == null) {
            forceIn(config.flushMs());
        }
    }

    private void forceIn(long delayMs) {
        timer = loop.schedule(loop.nowMs() + delayMs, () -> {
            timer = null;
            force();
        });
    }

    private void force() {
        if (forcing || forcedEnd >= log.logEndOffset()) {
            return;
        }
        forcing = true;
        forcedSegment = log.activeBaseOffset();
        long end = log.logEndOffset();
        diskPool.execute(() -> {
            try {
                log.flush();
                loop.execute(() -> onForcedTo(end));
            } catch (DiskFullException e) {
                loop.execute(() -> onNoRoom(e));
            } catch (IOException e) {
                loop.execute(() -> onFailure(e));
            }
        });
    }

    private void onForcedTo(long end) {
        forcing = false;
        forcedEnd = Math.max(forcedEnd, end);
        if (!stopped) {
            onForced.run();
        }
    }

    /** Of a log that is let go of, nobody wants to know. */
    private void onFailure(IOException cause) {
        if (!stopped) {
            onFailed.accept(cause);
        }
    }

    private void onNoRoom(DiskFullException cause) {
        forcing = false;
        if (!stopped) {
            onFull.accept(cause);
            if (timer == null) {
                forceIn(ROOM_RETRY_MS);
            }
        }
    }

    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
