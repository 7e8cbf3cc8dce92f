/** Who of a group's members gets which partition, as a function of subscriptions and of what everybody had (KIP-848). */
@Deterministic
package dev.millrace.broker.coordinator.group.assignor;

import dev.millrace.broker.machine.Deterministic;
