package dev.millrace.broker.partition;

import dev.millrace.broker.machine.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.IsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * A fetch that found less than it wants and waits for more, or for its deadline. It may watch partitions of several
 * loops; its own state belongs to one of them, its home.
 *
 * <p>The bytes that arrive are counted, so that a fetch that wants a megabyte is not tried again for every record. The
 * count errs on the side of trying too early.
 */
public final class PendingFetch {

    private final Loop home;
    private final List<Watch> watches;
    private final Attempt attempt;
    private final AtomicLong arrivedBytes = new AtomicLong();
    private Loop.@Nullable Timer deadline;
    private volatile long neededBytes;
    private volatile boolean done;

    /** Tries to answer the fetch. Called on the fetch's home loop. */
    @FunctionalInterface
    public interface Attempt {

        /**
         * @param last no more waiting: answer with what there is
         * @return how many bytes are still missing; zero or less when the fetch was answered
         */
        long tryAnswer(boolean last);
    }

    /**
     * A partition to watch.
     *
     * @param seenEnd the readable end that the reader has seen: when it has moved meanwhile there is more
     */
    public record Watch(Partition partition, IsolationLevel isolation, long seenEnd) {}

    private PendingFetch(Loop home, List<Watch> watches, long missingBytes, Attempt attempt) {
        this.home = home;
        this.watches = watches;
        this.neededBytes = missingBytes;
        this.attempt = attempt;
    }

    /**
     * Waits. Callable from any thread.
     *
     * @param watches at least one
     */
    public static void start(List<Watch> watches, long missingBytes, long deadlineMs, Attempt attempt) {
        Loop home = watches.get(0).partition().loop();
        PendingFetch fetch = new PendingFetch(home, List.copyOf(watches), missingBytes, attempt);
        home.executeHere(() -> fetch.begin(deadlineMs));
    }

    private void begin(long deadlineMs) {
        deadline = home.schedule(deadlineMs, () -> tryOn(true));
        byLoop().forEach((loop, watched) -> on(loop, () -> watched.forEach(this::register)));
    }

    private void register(Watch watch) {
        if (!done) {
            watch.partition().replication().pendingFetches().add(this, watch);
        }
    }

    private Map<Loop, List<Watch>> byLoop() {
        Map<Loop, List<Watch>> byLoop = new HashMap<>(2);
        for (Watch watch : watches) {
            byLoop.computeIfAbsent(watch.partition().loop(), loop -> new ArrayList<>())
                    .add(watch);
        }
        return byLoop;
    }

    private static void on(Loop loop, Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    boolean isDone() {
        return done;
    }

    /** More may be read from a watched partition. On the partition's loop. */
    void onBytes(long bytes) {
        if (arrivedBytes.addAndGet(bytes) >= neededBytes && !done) {
            on(home, () -> tryOn(false));
        }
    }

    /** Something else than more bytes has happened to a watched partition: its leader, its disk. On the partition's loop. */
    void onDisturbance() {
        if (!done) {
            on(home, () -> tryOn(false));
        }
    }

    private void tryOn(boolean last) {
        while (!done) {
            long arrivedBefore = arrivedBytes.get();
            long missing = attempt.tryAnswer(last);
            if (missing <= 0) {
                finish();
                return;
            }
            neededBytes = arrivedBefore + missing;
            // What arrived on other loops during the attempt may have compared itself with the number of before.
            if (arrivedBytes.get() < neededBytes) {
                return;
            }
        }
    }

    private void finish() {
        done = true;
        if (deadline != null) {
            deadline.cancel();
        }
        byLoop().forEach((loop, watched) -> on(
                loop,
                () -> watched.forEach(watch ->
                        watch.partition().replication().pendingFetches().remove(this))));
    }
}
