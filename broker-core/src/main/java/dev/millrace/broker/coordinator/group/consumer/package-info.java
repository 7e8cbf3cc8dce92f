/** Groups of the consumer protocol (KIP-848): the coordinator assigns, and members approach their target by heartbeats. */
@Deterministic
package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.machine.Deterministic;
