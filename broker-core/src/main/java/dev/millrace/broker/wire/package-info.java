/** Frames and codecs of the Kafka protocol, and the versions that are served. */
@Deterministic
package dev.millrace.broker.wire;

import dev.millrace.broker.machine.Deterministic;
