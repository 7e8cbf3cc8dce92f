/** The indexes of a segment by offset, time and aborted transaction: looked up, written, and made anew from its batches. */
@Deterministic
package dev.millrace.broker.log.index;

import dev.millrace.broker.machine.Deterministic;
