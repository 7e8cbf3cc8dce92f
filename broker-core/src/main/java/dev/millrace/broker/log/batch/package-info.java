/**
 * The format of record batches: their headers, how they are made, walked through and stored in another codec, and what is
 * checked of those that a client sends.
 */
@Deterministic
package dev.millrace.broker.log.batch;

import dev.millrace.broker.machine.Deterministic;
