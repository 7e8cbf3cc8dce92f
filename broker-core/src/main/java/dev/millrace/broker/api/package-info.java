/** One handler class per API key, and the table of them: decode, authorise, call, map errors. */
@Deterministic
package dev.millrace.broker.api;

import dev.millrace.broker.machine.Deterministic;
