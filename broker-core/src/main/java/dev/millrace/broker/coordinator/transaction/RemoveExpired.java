package dev.millrace.broker.coordinator.transaction;

/** It is time to look for transactional ids that nobody uses. A timer. */
record RemoveExpired() implements TransactionCommand {}
