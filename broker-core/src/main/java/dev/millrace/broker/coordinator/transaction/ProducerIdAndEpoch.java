package dev.millrace.broker.coordinator.transaction;

/** Which producer somebody claims to be. */
public record ProducerIdAndEpoch(long id, short epoch) {

    public static final long NO_ID = -1;
    public static final short NO_EPOCH = -1;

    public static final ProducerIdAndEpoch NONE = new ProducerIdAndEpoch(NO_ID, NO_EPOCH);
}
