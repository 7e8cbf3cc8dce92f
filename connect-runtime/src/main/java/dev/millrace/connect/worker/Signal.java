package dev.millrace.connect.worker;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Lets one thread wait, for a time or until others have changed something. */
final class Signal {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    void raise() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns when the condition holds, or after the time at the latest. What it reads must change before {@link #raise}. */
    void await(long durationMs, BooleanSupplier condition) throws InterruptedException {
        long remaining = TimeUnit.MILLISECONDS.toNanos(durationMs);
        lock.lock();
        try {
            while (!condition.getAsBoolean() && remaining > 0) {
                remaining = changed.awaitNanos(remaining);
            }
        } finally {
            lock.unlock();
        }
    }
}
