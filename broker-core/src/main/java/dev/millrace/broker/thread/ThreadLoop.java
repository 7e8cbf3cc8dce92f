package dev.millrace.broker.thread;

import dev.millrace.broker.machine.Loop;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop with a thread of its own. It works in rounds: what is due, then a bounded number of tasks, so that neither starves
 * the other; it parks when there is neither. While it is idle another thread may stand in for it with a task of its own
 * ({@link #executeHere}), which spares both of them to be put to sleep and woken.
 *
 * <p>The queue has no bound of its own, for a task that is refused here would be an answer that never comes: what may be
 * in it is bounded where it comes in, by the requests in flight of a connection.
 */
public final class ThreadLoop implements Loop, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);

    private static final int TASKS_PER_ROUND_MAX = 256;
    private static final int TIMERS_PER_ROUND_MAX = 256;

    private final WallClock clock;
    private final FatalErrors fatal;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final TimerHeap timers = new TimerHeap();

    /** Held by whoever runs tasks. Nobody but the loop's thread waits for it. */
    private final ReentrantLock running = new ReentrantLock();

    /** When the loop's thread will look for timers by itself. Guarded by {@link #running}. */
    private long nextLookMs;

    /** Set by the loop before it parks; whoever hands in a task and finds it set wakes the loop. */
    private volatile boolean parked;

    private volatile boolean closing;

    /** @param name of the thread, as it shows in a thread dump */
    public ThreadLoop(String name, WallClock clock, FatalErrors fatal) {
        this.clock = clock;
        this.fatal = fatal;
        this.thread = new Thread(this::runToEnd, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** @throws RejectedExecutionException once the loop was closed */
    @Override
    public void execute(Runnable task) {
        if (closing && !inLoop()) {
            throw new RejectedExecutionException(thread.getName() + " is closed");
        }
        tasks.add(task);
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void executeHere(Runnable task) {
        if (inLoop() || closing || !tasks.isEmpty() || !running.tryLock()) {
            execute(task);
            return;
        }
        boolean overtakes;
        boolean timerAdded;
        try {
            overtakes = closing || !tasks.isEmpty();
            if (!overtakes) {
                run(task);
            }
            timerAdded = timers.earliestMs() < nextLookMs;
        } finally {
            running.unlock();
        }
        if (overtakes) {
            execute(task);
        } else if (timerAdded) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public Timer schedule(long deadlineMs, Runnable task) {
        TimerHeap.Entry entry = new TimerHeap.Entry(deadlineMs, task);
        if (inLoop()) {
            timers.add(entry);
        } else {
            execute(() -> timers.add(entry));
        }
        return () -> cancel(entry);
    }

    private void cancel(TimerHeap.Entry entry) {
        if (inLoop()) {
            timers.remove(entry);
        } else if (!closing) {
            execute(() -> timers.remove(entry));
        }
    }

    @Override
    public long nowMs() {
        return clock.nowMs();
    }

    @Override
    public boolean inLoop() {
        return running.isHeldByCurrentThread();
    }

    /**
     * Runs what was handed in so far, forgets the timers, and ends the thread; waits for that, unless called on the loop.
     * Idempotent.
     */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        if (inLoop()) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void runToEnd() {
        try {
            run();
        } catch (Throwable e) {
            // The loop itself is broken, and with it everything that it owns.
            fatal.onError(thread.getName(), e);
        }
    }

    private void run() {
        while (!closing) {
            if (runRound() == 0) {
                park();
            }
        }
        running.lock();
        try {
            while (runTasks() > 0) {
                // what was handed in before closing, and what that hands in
            }
        } finally {
            running.unlock();
        }
    }

    private int runRound() {
        running.lock();
        try {
            int ran = runTimers() + runTasks();
            nextLookMs = timers.earliestMs();
            return ran;
        } finally {
            running.unlock();
        }
    }

    private int runTimers() {
        if (timers.size() == 0) {
            return 0;
        }
        long nowMs = clock.nowMs();
        int ran = 0;
        while (ran < TIMERS_PER_ROUND_MAX) {
            TimerHeap.Entry due = timers.pollDue(nowMs);
            if (due == null) {
                break;
            }
            run(due.task);
            ran++;
        }
        return ran;
    }

    private int runTasks() {
        int ran = 0;
        while (ran < TASKS_PER_ROUND_MAX) {
            Runnable task = tasks.poll();
            if (task == null) {
                break;
            }
            run(task);
            ran++;
        }
        return ran;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Error e) {
            fatal.onError(thread.getName(), e);
        } catch (Throwable e) {
            // The loop serves many; what one task breaks must not silence the others.
            LOG.error("A task failed: loop={}", thread.getName(), e);
        }
    }

    private void park() {
        parked = true;
        try {
            if (!tasks.isEmpty() || closing) {
                return;
            }
            if (nextLookMs == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(nextLookMs - clock.nowMs()));
            }
        } finally {
            parked = false;
        }
    }
}
