/**
 * The parts of a cleaning of a compacted log (cleanup.policy=compact): what is dirty, which records survive, and the segments
 * that are made of them. The {@code LogCleaning} puts them together.
 *
 * <p>A cleaning works on sealed segments, forces the log before it drops a record, keeps the last batch of every new segment,
 * if need be without records, so that segments adjoin still, and swaps its result in as {@link SegmentSwap} says.
 */
@Deterministic
package dev.millrace.broker.log.compaction;

import dev.millrace.broker.machine.Deterministic;
