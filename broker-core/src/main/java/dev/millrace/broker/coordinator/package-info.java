/** Hosts shards of replicated state machines on the partitions of an internal topic: load, run, append, answer once committed. */
@Deterministic
package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.Deterministic;
