package dev.millrace.connect.worker;

import dev.millrace.connect.plan.Desired;
import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.task.TaskClock;
import dev.millrace.connect.task.TaskCounters;
import dev.millrace.connect.task.TaskMachine;
import dev.millrace.connect.worker.answer.RunState;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one task: makes the task's machine, steps it until told to stop, closes it. Others tell it to pause, to stop,
 * and read how it is; it never calls them but through its listener.
 */
final class TaskMotor implements TaskClock {

    private final Desired.Task task;
    private final Parts parts;
    private final InstantSource clock;
    private final Listener listener;
    private final TaskCounters counters = new TaskCounters();
    private final Signal signal = new Signal();
    private final Thread thread;

    private volatile boolean pauseWanted;
    private volatile boolean stopWanted;
    private volatile boolean abandoned;
    private volatile RunState state = RunState.UNASSIGNED;
    private volatile @Nullable TaskMachine machine;
    private volatile @Nullable Throwable failure;

    /** Makes the machine of a task, on the task's own thread: plugins may take their time. */
    interface Parts {
        TaskMachine assemble(Desired.Task task, TaskMotor motor);
    }

    /** Called on the task's thread; must not block. */
    interface Listener {
        void stateChanged(TaskMotor motor);

        /** The thread ends. */
        void ended(TaskMotor motor);
    }

    TaskMotor(Desired.Task task, Parts parts, InstantSource clock, Listener listener) {
        this.task = task;
        this.parts = parts;
        this.clock = clock;
        this.listener = listener;
        this.pauseWanted = task.paused();
        this.thread = new Thread(this::run, "task-thread-" + task.id());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    Desired.Task task() {
        return task;
    }

    TaskId id() {
        return task.id();
    }

    TaskCounters counters() {
        return counters;
    }

    RunState state() {
        return state;
    }

    /** Why the task has failed; null unless it has. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    boolean pauseWanted() {
        return pauseWanted;
    }

    void pause(boolean wanted) {
        pauseWanted = wanted;
        signal.raise();
    }

    void stop() {
        stopWanted = true;
        signal.raise();
        TaskMachine running = machine;
        if (running != null) {
            running.wake();
        }
    }

    /** The task did not stop in time. What its thread still does no longer counts, and it is told once more, firmly. */
    void abandon() {
        abandoned = true;
        thread.interrupt();
    }

    boolean isAbandoned() {
        return abandoned;
    }

    @Override
    public long nowMs() {
        return clock.millis();
    }

    @Override
    public boolean pause(long durationMs) {
        try {
            signal.await(durationMs, () -> stopWanted);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return !stopWanted;
    }

    private void run() {
        try {
            runMachine();
        } catch (Throwable e) { // Plugins throw what they like; the worker goes on, and the status says what it was.
            failure = e;
            change(RunState.FAILED);
        } finally {
            listener.ended(this);
        }
    }

    private void runMachine() throws InterruptedException {
        if (stopWanted) {
            return;
        }
        TaskMachine running = parts.assemble(task, this);
        machine = running;
        try {
            while (!stopWanted) {
                boolean pause = pauseWanted;
                change(pause ? RunState.PAUSED : RunState.RUNNING);
                long waitMs = running.step(clock.millis(), pause);
                if (waitMs > 0) {
                    signal.await(waitMs, () -> stopWanted || pauseWanted != pause);
                }
            }
        } catch (Throwable e) {
            // The first failure is the one to tell of; closing may fail as a consequence.
            closeFailed(running, e);
            throw e;
        }
        running.close(false);
    }

    private void closeFailed(TaskMachine running, Throwable failedWith) {
        try {
            running.close(true);
        } catch (Throwable e) {
            failedWith.addSuppressed(e);
        }
    }

    private void change(RunState next) {
        if (state != next) {
            state = next;
            listener.stateChanged(this);
        }
    }
}
