/** One step of a source or sink task: poll, transform, convert, the error policy, produce or put, commit. */
@Deterministic
package dev.millrace.connect.task;

import dev.millrace.connect.machine.Deterministic;
