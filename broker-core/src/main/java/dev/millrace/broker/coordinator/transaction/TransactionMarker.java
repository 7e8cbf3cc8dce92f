package dev.millrace.broker.coordinator.transaction;

/**
 * The control record that ends a producer's transaction on a partition (KIP-98).
 *
 * @param transactionVersion by which the transaction was ended: from 2 on the marker has a higher epoch than the records
 *     that it ends, and partitions hold it to that (KIP-1228)
 */
public record TransactionMarker(
        ProducerIdAndEpoch producer, int coordinatorEpoch, boolean committed, short transactionVersion) {}
