/**
 * The port to a log dir: directories and files as a log needs them, what can go wrong with them, and what has to be forced.
 * The package {@code log.file} has the real one.
 */
@Deterministic
package dev.millrace.broker.log.disk;

import dev.millrace.broker.machine.Deterministic;
