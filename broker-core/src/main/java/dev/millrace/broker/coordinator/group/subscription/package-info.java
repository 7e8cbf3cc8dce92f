/** What consumers read: by name, by regular expression, and as they tell each other in the classic protocol. */
@Deterministic
package dev.millrace.broker.coordinator.group.subscription;

import dev.millrace.broker.machine.Deterministic;
