/**
 * What the files in a log's directory are called, the small ones that are written as a whole, and those that go away later.
 */
@Deterministic
package dev.millrace.broker.log.directory;

import dev.millrace.broker.machine.Deterministic;
