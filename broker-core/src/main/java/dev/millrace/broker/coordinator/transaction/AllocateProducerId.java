package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Effect;

/**
 * Finds an unused producer id for a command that turned out to need one. Comes back as
 * {@link InitProducerId#withNewId} or {@link ProducerIdUnavailable}.
 */
public record AllocateProducerId(InitProducerId command) implements Effect {}
