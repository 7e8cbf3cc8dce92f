package dev.millrace.broker.log.config;

/**
 * What becomes of a log in whose unforced part there is a damaged batch with whole ones behind it. That is not what a torn
 * write leaves, yet a power failure may, when the kernel had written later pages first.
 */
public enum Damage {
    /** It ends before the damage, as in Apache Kafka; what was behind it is kept in a file of its own. */
    CUT_OFF,

    /** It is not opened: what was written later relies on what came before, and was told to be there. */
    REFUSE
}
