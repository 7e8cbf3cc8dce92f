/** Runs records through processors by direct calls: one task, one step at a time, no thread of its own. */
@Deterministic
package dev.millrace.streams.process;

import dev.millrace.streams.purity.Deterministic;
