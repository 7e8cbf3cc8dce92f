/** What clients may do: quotas, and how long those that go beyond theirs are held up. */
@Deterministic
package dev.millrace.broker.security;

import dev.millrace.broker.machine.Deterministic;
