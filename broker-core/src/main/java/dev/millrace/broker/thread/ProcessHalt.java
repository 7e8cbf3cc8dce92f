package dev.millrace.broker.thread;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says why, and halts: no shutdown hook runs, for they would write what may be wrong. Without memory even saying why can fail,
 * and a log that nobody reads can block: then the process halts all the same, by a thread that was there before.
 */
public final class ProcessHalt implements FatalErrors {

    /** As the JVM's own ExitOnOutOfMemoryError has it. */
    public static final int STATUS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(ProcessHalt.class);

    private static final long SAY_WHY_MS_MAX = 2_000;

    private static final String WHAT = "The process halts, for an Error leaves its state in doubt: thread=";
    private static final int LINE_BYTES_MAX = 1024;

    /** What logging a line takes, and a collection of garbage that is only just worth it. */
    private static final int RESERVE_BYTES = 128 << 10;

    @SuppressWarnings("resource") // standard error is not ours to close
    private static final OutputStream STANDARD_ERROR = new FileOutputStream(FileDescriptor.err);

    private static final ProcessHalt THIS_PROCESS =
            new ProcessHalt(ProcessHalt::log, Runtime.getRuntime()::halt, SAY_WHY_MS_MAX, STANDARD_ERROR);

    private final FatalErrors log;
    private final IntConsumer halt;
    private final long sayWhyMsMax;
    private final OutputStream err;
    /** For when there is no memory to say why; given up first. */
    @SuppressWarnings("UnusedVariable") // it is there to go
    private byte @Nullable [] reserve = new byte[RESERVE_BYTES];

    /** For when that was not enough. */
    private final byte[] line = new byte[LINE_BYTES_MAX];

    private int lineEnd;
    private volatile boolean deadlineSet;

    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch halted = new CountDownLatch(1);
    private final Thread deadline = new Thread(this::haltAtDeadline, "millrace-halt");

    /** @param err for what the log can't say */
    ProcessHalt(FatalErrors log, IntConsumer halt, long sayWhyMsMax, OutputStream err) {
        this.err = err;
        this.log = log;
        this.halt = halt;
        this.sayWhyMsMax = sayWhyMsMax;
        deadline.setDaemon(true);
        deadline.start();
    }

    /** Of the process that this runs in. */
    public static ProcessHalt ofThisProcess() {
        return THIS_PROCESS;
    }

    @Override
    public void onError(String owner, Throwable error) {
        if (begun.compareAndSet(false, true)) {
            reserve = null;
            prepareLine(owner, error);
            deadlineSet = true;
            LockSupport.unpark(deadline);
            try {
                log.onError(owner, error);
            } catch (Throwable unsayable) {
                sayLine();
            }
            halt();
        }
        // One that comes second owns state as well, and does not go on either.
        awaitHalt();
    }

    private static void log(String owner, Throwable error) {
        LOG.error(WHAT + "{}, owner={}, error={}", Thread.currentThread().getName(), owner, error.toString(), error);
    }

    /** Without making a single object. */
    private void prepareLine(String owner, Throwable error) {
        int end = put(WHAT, 0);
        end = put(Thread.currentThread().getName(), end);
        end = put(", owner=", end);
        end = put(owner, end);
        end = put(", error=", end);
        end = put(error.getClass().getName(), end);
        String message = error.getMessage();
        if (message != null) {
            end = put(": ", end);
            end = put(message, end);
        }
        line[end++] = '\n';
        lineEnd = end;
    }

    /** Past the log, which may be what blocks: to what is beneath System.err. */
    private void sayLine() {
        try {
            err.write(line, 0, lineEnd);
        } catch (IOException | RuntimeException | Error e) {
            // Then nothing can be said.
        }
    }

    /** What does not fit is left out, and what is not ASCII becomes something else. */
    private int put(String text, int from) {
        int end = from;
        for (int i = 0; i < text.length() && end < LINE_BYTES_MAX - 1; i++) {
            line[end++] = (byte) text.charAt(i);
        }
        return end;
    }

    private void haltAtDeadline() {
        while (!deadlineSet) {
            LockSupport.park(this);
        }
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(sayWhyMsMax);
        for (long left = sayWhyMsMax; left > 0 && halted.getCount() > 0; ) {
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(left));
            left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        }
        if (halted.getCount() > 0) {
            sayLine();
            halt();
        }
    }

    private void halt() {
        halt.accept(STATUS);
        halted.countDown();
    }

    private void awaitHalt() {
        boolean interrupted = false;
        while (halted.getCount() > 0) {
            try {
                halted.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
