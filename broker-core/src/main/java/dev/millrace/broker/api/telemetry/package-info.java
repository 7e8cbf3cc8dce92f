/** Requests by which clients tell their metrics (KIP-714). */
@Deterministic
package dev.millrace.broker.api.telemetry;

import dev.millrace.broker.machine.Deterministic;
