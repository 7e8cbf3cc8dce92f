package dev.millrace.broker.coordinator.transaction;

/** The control record that ends a producer's transaction on a partition (KIP-98). */
public record TransactionMarker(ProducerIdAndEpoch producer, int coordinatorEpoch, boolean committed) {}
