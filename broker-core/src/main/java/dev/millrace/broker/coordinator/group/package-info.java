/** What all kinds of groups have in common: ids, states, commands, events, and committed offsets. Each kind is a package below. */
@Deterministic
package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Deterministic;
