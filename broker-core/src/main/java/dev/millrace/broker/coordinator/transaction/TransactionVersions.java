package dev.millrace.broker.coordinator.transaction;

/** The levels of the feature transaction.version. A client shows its own by the versions of the requests that it sends. */
public final class TransactionVersions {

    /** What producers before Apache Kafka 4.0 speak; the state log is written in a format that their brokers can read. */
    public static final short CLASSIC = 0;

    /** The records of the state log have fields that may be left out (KIP-915). */
    public static final short FLEXIBLE_RECORDS = 1;

    /** Every end of a transaction raises the epoch, and partitions are enrolled by writing to them (KIP-890). */
    public static final short EPOCH_BUMP = 2;

    private TransactionVersions() {}

    static boolean raisesEpoch(short version) {
        return version >= EPOCH_BUMP;
    }
}
