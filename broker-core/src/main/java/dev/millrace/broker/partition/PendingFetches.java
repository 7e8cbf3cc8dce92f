package dev.millrace.broker.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;

/**
 * The fetches that watch one partition. Bounded by the number of connections, for each has one fetch at a time. On the
 * partition's loop only.
 */
final class PendingFetches {

    private final List<Watcher> watchers = new ArrayList<>(2);
    private long highWatermark;
    private long lastStableOffset;
    private long appendedBytes;
    private boolean waking;

    /** A fetch, and how much it was told of. */
    private static final class Watcher {
        private final PendingFetch fetch;
        private final boolean committedOnly;
        private long seenEnd;
        private long seenBytes;

        Watcher(PendingFetch fetch, boolean committedOnly, long seenEnd, long seenBytes) {
            this.fetch = fetch;
            this.committedOnly = committedOnly;
            this.seenEnd = seenEnd;
            this.seenBytes = seenBytes;
        }
    }

    void add(PendingFetch fetch, PendingFetch.Watch watch) {
        boolean committedOnly = watch.isolation() == IsolationLevel.READ_COMMITTED;
        Watcher watcher = new Watcher(fetch, committedOnly, end(committedOnly), appendedBytes);
        watchers.add(watcher);
        if (watcher.seenEnd != watch.seenEnd()) {
            // It moved between the read and now: how many bytes that were is not known.
            fetch.onDisturbance();
        }
    }

    void remove(PendingFetch fetch) {
        if (!waking) {
            watchers.removeIf(watcher -> watcher.fetch == fetch);
        }
    }

    /** Bytes were appended; nobody may read them yet. */
    void onAppended(long bytes) {
        appendedBytes += bytes;
    }

    /** Readers may read up to here now. */
    void onReadable(long newHighWatermark, long newLastStableOffset) {
        highWatermark = newHighWatermark;
        lastStableOffset = newLastStableOffset;
        if (watchers.isEmpty()) {
            return;
        }
        wake(watcher -> {
            long end = end(watcher.committedOnly);
            if (end != watcher.seenEnd) {
                long bytes = appendedBytes - watcher.seenBytes;
                watcher.seenEnd = end;
                watcher.seenBytes = appendedBytes;
                // An end that moves without new bytes lets out bytes that were there and not counted.
                if (bytes == 0) {
                    watcher.fetch.onDisturbance();
                } else {
                    watcher.fetch.onBytes(bytes);
                }
            }
        });
    }

    /** Everybody shall look again: the leader or the disk has changed. */
    void disturbAll() {
        wake(watcher -> watcher.fetch.onDisturbance());
    }

    private void wake(Consumer<Watcher> action) {
        waking = true;
        try {
            for (int i = 0; i < watchers.size(); i++) {
                action.accept(watchers.get(i));
            }
        } finally {
            waking = false;
        }
        watchers.removeIf(watcher -> watcher.fetch.isDone());
    }

    private long end(boolean committedOnly) {
        return committedOnly ? lastStableOffset : highWatermark;
    }

    /** How many fetches watch. */
    int size() {
        return watchers.size();
    }
}
