/** A partition's records on disk: segments, indexes, recovery, retention and producer states, over the Disk port. */
@Deterministic
package dev.millrace.broker.log;

import dev.millrace.broker.machine.Deterministic;
