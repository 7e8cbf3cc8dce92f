package dev.millrace.broker.thread;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for what waits on a disk: fsync, recovery, deletes, cold reads. They come when there is work and go after a while
 * without. A task must not touch what a loop owns; it hands its result to the loop. Any thread.
 */
public final class DiskPool implements Executor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DiskPool.class);

    /** Tasks that may wait. One per partition and kind of work is the most there should be. */
    private static final int WAITING_TASKS_MAX = 65_536;

    private static final int IDLE_SECONDS_MAX = 30;
    private static final int CLOSE_SECONDS_MAX = 30;

    private final FatalErrors fatal;
    private final ThreadPoolExecutor threads;

    public DiskPool(int threadsMax, FatalErrors fatal) {
        this.fatal = fatal;
        AtomicInteger made = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                threadsMax,
                threadsMax,
                IDLE_SECONDS_MAX,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_TASKS_MAX),
                task -> {
                    Thread thread = new Thread(task, "millrace-disk-" + made.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Changes how many threads there may be; what is under way goes on. */
    public void resize(int threadsMax) {
        if (threadsMax > threads.getMaximumPoolSize()) {
            threads.setMaximumPoolSize(threadsMax);
            threads.setCorePoolSize(threadsMax);
        } else if (threadsMax < threads.getMaximumPoolSize()) {
            threads.setCorePoolSize(threadsMax);
            threads.setMaximumPoolSize(threadsMax);
        }
    }

    /** @throws RejectedExecutionException when too many tasks wait, or the pool was closed */
    @Override
    public void execute(Runnable task) {
        threads.execute(() -> run(task));
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Error e) {
            // A loop waits for what the task would have handed to it.
            fatal.onError("disk pool", e);
        } catch (Throwable e) {
            LOG.error("A task failed: pool=disk", e);
        }
    }

    /** Runs what was handed in so far and waits for it, within bounds. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn(
                        "Disk work was left undone at close: waiting={}",
                        threads.getQueue().size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
