/** Transactional ids: their producer ids and epochs, what is let into their transactions, and the markers that end them. */
@Deterministic
package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Deterministic;
