/**
 * A segment, and the list of a log's: appends to it, reads and slices of it, the checks of what is read, recovery of its
 * tail; and when the next one begins and old ones go.
 */
@Deterministic
package dev.millrace.broker.log.segment;

import dev.millrace.broker.machine.Deterministic;
