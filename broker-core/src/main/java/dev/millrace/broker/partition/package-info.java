/** A replica of a partition as leader: append, high watermark, and those who wait for either. */
@Deterministic
package dev.millrace.broker.partition;

import dev.millrace.broker.machine.Deterministic;
