package dev.millrace.broker.simulation;

import dev.millrace.broker.machine.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A loop under virtual time, moved by the test: nothing runs until {@link #runAll}, {@link #advance} or {@link #advanceTo}
 * is called. The test's own thread counts as the loop. A task that throws throws out of those calls.
 */
public final class ManualLoop implements Loop {

    private record Entry(long deadlineMs, long order, Runnable task) {}

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Entry> timers =
            new PriorityQueue<>(Comparator.comparingLong(Entry::deadlineMs).thenComparingLong(Entry::order));
    private long nowMs;
    private long scheduled;

    public ManualLoop() {
        this(0);
    }

    public ManualLoop(long startMs) {
        this.nowMs = startMs;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(long deadlineMs, Runnable task) {
        Entry entry = new Entry(deadlineMs, scheduled++, task);
        timers.add(entry);
        return () -> timers.remove(entry);
    }

    @Override
    public long nowMs() {
        return nowMs;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    /** Runs what was handed in, what that hands in, and every timer that is due now. */
    public void runAll() {
        advanceTo(nowMs);
    }

    /** Lets time pass, running every task and timer on the way at its own time. */
    public void advance(long ms) {
        advanceTo(nowMs + ms);
    }

    /** As {@link #advance}, up to a point in time. */
    public void advanceTo(long targetMs) {
        runTasks();
        for (Entry next = timers.peek(); next != null && next.deadlineMs <= targetMs; next = timers.peek()) {
            timers.remove();
            nowMs = Math.max(nowMs, next.deadlineMs);
            next.task.run();
            runTasks();
        }
        nowMs = Math.max(nowMs, targetMs);
    }

    /** Whether a task waits to be run now; timers do not count. */
    public boolean hasTasks() {
        return !tasks.isEmpty();
    }

    /** The deadlines of the pending timers, earliest first. */
    public List<Long> deadlines() {
        List<Long> deadlines =
                new ArrayList<>(timers.stream().map(Entry::deadlineMs).toList());
        deadlines.sort(null);
        return deadlines;
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
