/** A motor for topologies without a broker or a thread: records in, records out, time moved by hand. */
@Deterministic
package dev.millrace.streams.testing;

import dev.millrace.streams.purity.Deterministic;
