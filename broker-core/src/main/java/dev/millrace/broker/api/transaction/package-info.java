/** Requests about transactions, from a producer's id to the markers. */
@Deterministic
package dev.millrace.broker.api.transaction;

import dev.millrace.broker.machine.Deterministic;
