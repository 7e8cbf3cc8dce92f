package dev.millrace.connect.task;

import java.util.concurrent.Future;

/** Somewhere that given-up records are told to. */
public interface ErrorReporter {

    /** Done once the report is safe; fails when it could not be made. */
    Future<?> report(FailedRecord failed);
}
