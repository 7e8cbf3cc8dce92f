/**
 * How a log is opened: what its directory says of the last run, the check of what a crash may have torn, and the replay of
 * producers and leader epochs.
 *
 * <p>What recovery relies on: a segment below the recovery point is on disk with its indexes; segments adjoin, and a gap
 * between two is a loss, unless Apache Kafka has written them.
 */
@Deterministic
package dev.millrace.broker.log.recovery;

import dev.millrace.broker.machine.Deterministic;
