package dev.millrace.broker.coordinator.transaction;

import org.apache.kafka.common.protocol.Errors;

/** No producer id could be had for a command that needs one. */
public record ProducerIdUnavailable(WantsProducerId command, Errors error) implements TransactionCommand {}
