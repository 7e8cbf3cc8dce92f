/** Where each leader epoch begins in a log. */
@Deterministic
package dev.millrace.broker.log.epoch;

import dev.millrace.broker.machine.Deterministic;
