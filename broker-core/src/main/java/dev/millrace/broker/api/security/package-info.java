/** Requests about who clients are and what they may do: credentials, access, quotas. */
@Deterministic
package dev.millrace.broker.api.security;

import dev.millrace.broker.machine.Deterministic;
