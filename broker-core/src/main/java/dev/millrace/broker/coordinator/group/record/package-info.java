/** The fields that records of {@code __consumer_offsets} are made of. */
@Deterministic
package dev.millrace.broker.coordinator.group.record;

import dev.millrace.broker.machine.Deterministic;
