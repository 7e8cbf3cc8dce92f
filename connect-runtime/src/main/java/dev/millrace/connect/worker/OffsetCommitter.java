package dev.millrace.connect.worker;

import dev.millrace.connect.task.CommitSchedule;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that commits the offsets of at-least-once source tasks, at intervals and when they ask for it. Thread-safe. */
final class OffsetCommitter implements CommitSchedule, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetCommitter.class);

    private final ScheduledThreadPoolExecutor executor;
    private final long intervalMs;
    private final Map<Runnable, ScheduledFuture<?>> schedules = new ConcurrentHashMap<>();

    OffsetCommitter(long intervalMs) {
        this.intervalMs = intervalMs;
        this.executor = new ScheduledThreadPoolExecutor(1, commits -> {
            Thread thread = new Thread(commits, "connect-offset-commits");
            thread.setDaemon(true);
            return thread;
        });
        this.executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void add(Runnable commit) {
        schedules.put(
                commit,
                executor.scheduleWithFixedDelay(() -> run(commit), intervalMs, intervalMs, TimeUnit.MILLISECONDS));
    }

    @Override
    public void soon(Runnable commit) {
        try {
            executor.execute(() -> run(commit));
        } catch (RejectedExecutionException e) {
            LOG.trace("The worker is stopping: tasks commit by themselves");
        }
    }

    @Override
    public void remove(Runnable commit) {
        ScheduledFuture<?> schedule = schedules.remove(commit);
        if (schedule != null) {
            schedule.cancel(false);
        }
    }

    private static void run(Runnable commit) {
        try {
            commit.run();
        } catch (RuntimeException e) {
            LOG.error("Offsets not committed", e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
