/** What every handler of an API key stands on, and the table of them all. The handlers are in a package for each thing they are about. */
@Deterministic
package dev.millrace.broker.api;

import dev.millrace.broker.machine.Deterministic;
