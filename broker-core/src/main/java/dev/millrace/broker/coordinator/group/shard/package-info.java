/** The groups of one partition of {@code __consumer_offsets}, all kinds together: what the broker hosts. */
@Deterministic
package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.machine.Deterministic;
