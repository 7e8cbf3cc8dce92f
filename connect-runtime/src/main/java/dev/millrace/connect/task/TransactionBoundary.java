package dev.millrace.connect.task;

/** Where the transactions of an exactly-once source end (KIP-618). */
public sealed interface TransactionBoundary {

    /** After each batch that poll returns. */
    record Poll() implements TransactionBoundary {}

    /** After the first batch that ends this long after the last commit; sooner when there is nothing more to write. */
    record Interval(long intervalMs) implements TransactionBoundary {}

    /** Where the connector says. */
    record Connector() implements TransactionBoundary {}
}
