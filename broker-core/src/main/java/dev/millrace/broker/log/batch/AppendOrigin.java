package dev.millrace.broker.log.batch;

/** Who appends, which decides what is checked. */
public enum AppendOrigin {
    /** A client's produce request: no control batches, sequences are checked. */
    CLIENT,
    /** A coordinator's own records and transaction markers. */
    COORDINATOR,
    /** A follower: offsets and epochs are already assigned. */
    REPLICATION
}
