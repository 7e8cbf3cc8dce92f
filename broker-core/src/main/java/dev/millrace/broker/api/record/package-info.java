/** Requests about records: written, read, deleted, and where they are. */
@Deterministic
package dev.millrace.broker.api.record;

import dev.millrace.broker.machine.Deterministic;
