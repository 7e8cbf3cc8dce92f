package dev.millrace.streams;

/** Where an application stands. */
public enum ApplicationState {
    /** Made, not started. */
    CREATED,
    /** Looking for its topics, joining its group, restoring its state. */
    REBALANCING,
    /** Every task that this instance has been given processes. */
    RUNNING,
    /** Asked to close: committing and leaving. */
    PENDING_SHUTDOWN,
    /** Closed. The end. */
    NOT_RUNNING,
    /** Ended by an error that trying again won't mend; the cause is with the application. The end. */
    ERROR;

    public boolean ended() {
        return this == NOT_RUNNING || this == ERROR;
    }
}
