/** The producers of a log: sequences and open transactions, checked on append, and the snapshots of them. */
@Deterministic
package dev.millrace.broker.log.producer;

import dev.millrace.broker.machine.Deterministic;
