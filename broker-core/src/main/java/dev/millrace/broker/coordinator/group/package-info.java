/** Consumer groups: who is a member, who owns which partition, and which offsets are committed. */
@Deterministic
package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Deterministic;
