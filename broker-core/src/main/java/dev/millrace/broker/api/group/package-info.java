/** Requests about groups: their members, and the offsets that they commit. */
@Deterministic
package dev.millrace.broker.api.group;

import dev.millrace.broker.machine.Deterministic;
