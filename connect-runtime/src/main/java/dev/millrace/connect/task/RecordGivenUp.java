package dev.millrace.connect.task;

/** A record could not be processed and the error policy tolerates that: it has been reported, and the task goes on. */
final class RecordGivenUp extends Exception {

    /** Without a stack trace: this is a way out of a record's processing, and the cause has been reported with its own. */
    RecordGivenUp() {
        super("given up", null, false, false);
    }
}
