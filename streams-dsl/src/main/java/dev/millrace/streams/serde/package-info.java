/** Serdes beyond those of kafka-clients: JSON, and keys with a window. */
@Deterministic
package dev.millrace.streams.serde;

import dev.millrace.streams.purity.Deterministic;
