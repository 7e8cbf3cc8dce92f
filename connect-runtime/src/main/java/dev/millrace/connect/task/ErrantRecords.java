package dev.millrace.connect.task;

import dev.millrace.connect.plan.TaskId;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Lets a sink task give up single records itself (KIP-610). They go where converter errors go. */
final class ErrantRecords implements ErrantRecordReporter {

    private final TaskId id;
    private final Class<? extends SinkTask> task;
    private final Converters converters;
    private final ErrorHandler errors;

    ErrantRecords(TaskId id, Class<? extends SinkTask> task, Converters converters, ErrorHandler errors) {
        this.id = id;
        this.task = task;
        this.converters = converters;
        this.errors = errors;
    }

    @Override
    public Future<Void> report(SinkRecord record, Throwable error) {
        var consumed = record instanceof ConsumedRecord known ? known.consumed() : converters.asConsumed(record);
        return asVoid(errors.giveUp(new FailedRecord(id, Stage.TASK_PUT, task, error, consumed, null)));
    }

    private static Future<Void> asVoid(Future<?> report) {
        return new Future<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                return false; // It is on its way.
            }

            @Override
            public boolean isCancelled() {
                return false;
            }

            @Override
            public boolean isDone() {
                return report.isDone();
            }

            @Override
            @SuppressWarnings("NullAway") // The only value of Void is null.
            public Void get() throws InterruptedException, ExecutionException {
                report.get();
                return null;
            }

            @Override
            @SuppressWarnings("NullAway") // As above.
            public Void get(long timeout, TimeUnit unit)
                    throws InterruptedException, ExecutionException, TimeoutException {
                report.get(timeout, unit);
                return null;
            }
        };
    }
}
