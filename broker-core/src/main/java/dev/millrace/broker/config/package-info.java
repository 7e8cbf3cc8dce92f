/** Kafka's settings: which there are, what their values may be, and what they are when nobody sets them. */
@Deterministic
package dev.millrace.broker.config;

import dev.millrace.broker.machine.Deterministic;
