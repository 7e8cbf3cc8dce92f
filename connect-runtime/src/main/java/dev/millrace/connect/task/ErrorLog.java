package dev.millrace.connect.task;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes given-up records to the log: where they came from, and only if that is asked for what was in them. */
public final class ErrorLog implements ErrorReporter {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorLog.class);

    private final boolean withMessages;

    public ErrorLog(boolean withMessages) {
        this.withMessages = withMessages;
    }

    @Override
    public Future<?> report(FailedRecord failed) {
        LOG.error(
                "Record given up: task={} stage={} class={} {}",
                failed.task(),
                failed.stage(),
                failed.executing().getName(),
                origin(failed),
                failed.error());
        return CompletableFuture.completedFuture(null);
    }

    private String origin(FailedRecord failed) {
        var consumed = failed.consumed();
        if (consumed != null) {
            String origin = "topic=" + consumed.topic() + " partition=" + consumed.partition() + " offset="
                    + consumed.offset() + " timestamp=" + consumed.timestamp();
            return withMessages
                    ? origin + " keyBytes=" + consumed.serializedKeySize() + " valueBytes="
                            + consumed.serializedValueSize()
                    : origin;
        }
        var source = failed.source();
        return source == null
                ? ""
                : "sourcePartition=" + source.sourcePartition() + " sourceOffset=" + source.sourceOffset()
                        + (withMessages ? " record=" + source : "");
    }
}
