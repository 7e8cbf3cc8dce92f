package dev.millrace.streams.process;

import dev.millrace.streams.plan.TaskId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says at most once per interval how many records a task has left out, instead of a line for each. */
final class DropReport {

    private static final Logger LOG = LoggerFactory.getLogger(DropReport.class);
    private static final long INTERVAL_MS = 10_000;

    long late;
    long invalid;
    long failed;
    String lastFailure = "";
    private long reported;
    private long nextReportMs = Long.MIN_VALUE;

    void maybeReport(TaskId task, long nowMs) {
        long total = late + invalid + failed;
        if (total == reported || nowMs < nextReportMs) {
            return;
        }
        reported = total;
        nextReportMs = nowMs + INTERVAL_MS;
        if (failed > 0) {
            LOG.warn(
                    "Records left out: task={} late={} invalid={} failed={} lastFailure={}",
                    task,
                    late,
                    invalid,
                    failed,
                    lastFailure);
        } else {
            LOG.warn("Records left out: task={} late={} invalid={}", task, late, invalid);
        }
    }
}
