/** What is asked and told of committed offsets, and how long they are kept. */
@Deterministic
package dev.millrace.broker.coordinator.group.offset;

import dev.millrace.broker.machine.Deterministic;
