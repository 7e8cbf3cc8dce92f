package dev.millrace.broker.log.producer;

/** What the log knows of a producer. Fields that are not known are -1, as in DescribeProducers (key 61). */
public record ProducerStatus(
        long producerId,
        short producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long currentTransactionStartOffset) {}
