package dev.millrace.broker.coordinator.transaction;

/** A transaction may have been open for longer than its producer's transaction.timeout.ms. A timer. */
record AbortTimedOut(String transactionalId) implements TransactionCommand {}
