package dev.millrace.connect.task;

import dev.millrace.connect.plan.TaskId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Runs transformations and converters under the error policy: retries what says that it can be retried, and gives up what
 * fails, if that is tolerated. Owned by the task's thread; {@link #giveUp} may be called by a connector's threads, too.
 */
public final class ErrorHandler {

    private static final long RETRY_DELAY_MS_MIN = 300;

    /** How many reports may be under way before one is waited for. */
    private static final int REPORTS_UNDER_WAY_MAX = 1_000;

    private final TaskId task;
    private final ErrorPolicy policy;
    private final List<ErrorReporter> reporters;
    private final TaskClock clock;
    private final TaskCounters counters;
    private final Deque<Future<?>> underWay = new ArrayDeque<>();

    private @Nullable ConsumerRecord<byte[], byte[]> consumed;
    private @Nullable SourceRecord source;

    public ErrorHandler(
            TaskId task, ErrorPolicy policy, List<ErrorReporter> reporters, TaskClock clock, TaskCounters counters) {
        this.task = task;
        this.policy = policy;
        this.reporters = List.copyOf(reporters);
        this.clock = clock;
        this.counters = counters;
    }

    /** What is processed from now on, in a source. */
    void processing(SourceRecord record) {
        source = record;
    }

    /** What is processed from now on, in a sink. */
    void processing(ConsumerRecord<byte[], byte[]> record) {
        consumed = record;
    }

    /**
     * The result of a step, perhaps after several tries.
     *
     * @throws RecordGivenUp when the step fails and that is tolerated
     * @throws ConnectException when it fails and that is not tolerated
     */
    <I, O extends @Nullable Object> O run(Stage stage, Class<?> executing, Function<I, O> step, I input)
            throws RecordGivenUp {
        try {
            return step.apply(input);
        } catch (RetriableException e) {
            return retry(stage, executing, step, input, e);
        } catch (Exception e) {
            throw giveUpOrFail(stage, executing, e);
        }
    }

    private <I, O extends @Nullable Object> O retry(
            Stage stage, Class<?> executing, Function<I, O> step, I input, RetriableException first)
            throws RecordGivenUp {
        RetriableException last = first;
        long startedMs = clock.nowMs();
        for (int tries = 1; ; tries++) {
            long delayMs = Math.min(RETRY_DELAY_MS_MIN << Math.min(tries - 1, 20), policy.retryDelayMsMax());
            boolean inTime =
                    policy.retryTimeoutMs() < 0 || clock.nowMs() + delayMs <= startedMs + policy.retryTimeoutMs();
            if (!inTime || !clock.pause(delayMs)) {
                throw giveUpOrFail(stage, executing, last);
            }
            counters.retry();
            try {
                return step.apply(input);
            } catch (RetriableException e) {
                last = e;
            } catch (Exception e) {
                throw giveUpOrFail(stage, executing, e);
            }
        }
    }

    private RecordGivenUp giveUpOrFail(Stage stage, Class<?> executing, Exception error) {
        giveUp(new FailedRecord(task, stage, executing, error, consumed, source));
        return new RecordGivenUp();
    }

    /**
     * Counts and reports a record that cannot be processed.
     *
     * @throws ConnectException when that is not tolerated
     */
    synchronized Future<?> giveUp(FailedRecord failed) {
        counters.fail(failed.error());
        if (!policy.tolerateAll()) {
            throw new ConnectException(
                    "Tolerance exceeded in error handler: " + failed.stage() + " with "
                            + failed.executing().getSimpleName() + " failed" + origin(failed) + ": " + failed.error(),
                    failed.error());
        }
        Future<?> last = null;
        for (ErrorReporter reporter : reporters) {
            last = reporter.report(failed);
            underWay.add(last);
        }
        while (underWay.size() > REPORTS_UNDER_WAY_MAX) {
            await(underWay.remove());
        }
        return last != null ? last : CompletableFuture.completedFuture(null);
    }

    private static String origin(FailedRecord failed) {
        var record = failed.consumed();
        return record == null ? "" : " at " + record.topic() + "-" + record.partition() + " offset " + record.offset();
    }

    /**
     * Returns once all reports are safe. To be called before offsets are committed: what was given up must not be lost.
     *
     * @throws ConnectException when a report could not be made
     */
    synchronized void awaitReports() {
        while (!underWay.isEmpty()) {
            await(underWay.remove());
        }
    }

    private void await(Future<?> report) {
        try {
            report.get();
        } catch (ExecutionException e) {
            throw new ConnectException("A record that was given up could not be reported: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while a given-up record was reported", e);
        }
    }
}
