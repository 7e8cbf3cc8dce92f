package dev.millrace.broker.coordinator.transaction;

/** Requests have waited long enough for a transaction to be over. A timer. */
record AnswerParked(String transactionalId) implements TransactionCommand {}
