/** What ought to run: connectors, their target states and task configs, replayed from the config topic and decided upon. */
@Deterministic
package dev.millrace.connect.plan;

import dev.millrace.connect.machine.Deterministic;
