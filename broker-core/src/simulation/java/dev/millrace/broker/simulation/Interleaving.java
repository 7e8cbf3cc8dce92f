package dev.millrace.broker.simulation;

import dev.millrace.broker.machine.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * The loops and the disk pool of one process, under one virtual clock. Whose turn it is is drawn by lot, task by task: each
 * loop keeps its own order, and there is no order between them. Whoever calls {@link #step} is on none of the loops.
 */
public final class Interleaving {

    private static final int POOL_THREADS = 2;

    private final Random random;
    private final List<TurnLoop> loops = new ArrayList<>();
    private final List<Runnable> pool = new ArrayList<>();
    private final PriorityQueue<Timed> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timed::deadlineMs).thenComparingLong(Timed::order));
    private long nowMs;
    private long scheduled;
    private TurnLoop running;

    private record Timed(long deadlineMs, long order, TurnLoop loop, Runnable task) {}

    public Interleaving(Random random, long startMs) {
        this.random = random;
        this.nowMs = startMs;
    }

    public Loop loop() {
        TurnLoop loop = new TurnLoop();
        loops.add(loop);
        return loop;
    }

    /** Few threads: what was handed in later may overtake, but not by much. */
    public Executor pool() {
        return pool::add;
    }

    public long nowMs() {
        return nowMs;
    }

    /** The process is gone: nothing of what was to be done is done. */
    public void kill() {
        loops.forEach(TurnLoop::kill);
        loops.clear();
        pool.clear();
        timers.clear();
    }

    /** One loop gets no turn until then, as when its thread waits for a processor. */
    public void hold(int loop, long untilMs) {
        loops.get(loop % loops.size()).heldUntilMs = untilMs;
    }

    /** Runs one task, somewhere. False when there is none that could run now. */
    public boolean step() {
        List<TurnLoop> ready = new ArrayList<>(loops.size());
        for (TurnLoop loop : loops) {
            if (loop.isReady()) {
                ready.add(loop);
            }
        }
        int choices = ready.size() + (pool.isEmpty() ? 0 : 1);
        if (choices == 0) {
            return false;
        }
        int choice = random.nextInt(choices);
        if (choice == ready.size()) {
            pool.remove(random.nextInt(Math.min(POOL_THREADS, pool.size()))).run();
        } else {
            ready.get(choice).runOne();
        }
        return true;
    }

    /** Lets time pass. What is due by then is run by {@link #step}. */
    public void advance(long ms) {
        nowMs += ms;
        for (Timed next = timers.peek(); next != null && next.deadlineMs <= nowMs; next = timers.peek()) {
            timers.remove();
            next.loop.due.add(next);
        }
    }

    private final class TurnLoop implements Loop {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final Deque<Timed> due = new ArrayDeque<>();
        private long heldUntilMs;
        private boolean killed;

        private void kill() {
            killed = true;
            tasks.clear();
            due.clear();
        }

        private boolean isReady() {
            return heldUntilMs <= nowMs && !(tasks.isEmpty() && due.isEmpty());
        }

        /** Timers that are due and tasks are looked after in turns. */
        private void runOne() {
            boolean timer = !due.isEmpty() && (tasks.isEmpty() || random.nextBoolean());
            Runnable task = timer ? due.remove().task() : tasks.remove();
            TurnLoop before = running;
            running = this;
            try {
                task.run();
            } finally {
                running = before;
            }
        }

        @Override
        public void execute(Runnable task) {
            if (!killed) {
                tasks.add(task);
            }
        }

        @Override
        public Timer schedule(long deadlineMs, Runnable task) {
            Timed entry = new Timed(deadlineMs, scheduled++, this, task);
            if (killed) {
                return () -> {};
            }
            if (deadlineMs <= nowMs) {
                due.add(entry);
            } else {
                timers.add(entry);
            }
            return () -> {
                timers.remove(entry);
                due.remove(entry);
            };
        }

        @Override
        public long nowMs() {
            return nowMs;
        }

        @Override
        public boolean inLoop() {
            return running == this;
        }
    }
}
