package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Effect;

/**
 * Finds an unused producer id for a command that turned out to need one. Comes back as
 * {@link WantsProducerId#withNewId} or {@link ProducerIdUnavailable}.
 */
public record AllocateProducerId(WantsProducerId command) implements Effect {}
