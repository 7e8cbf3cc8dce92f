/** Requests about topics: which there are and who leads their partitions, and how they come and go. */
@Deterministic
package dev.millrace.broker.api.topic;

import dev.millrace.broker.machine.Deterministic;
