/**
 * A partition's records on disk: segments, indexes, recovery, retention and producer states, over the Disk port.
 *
 * <pre>
 *   topic-0/
 *     00000000000000000000.log           record batches           \
 *     00000000000000000000.index         offset → position         | of a segment, in Apache Kafka's formats
 *     00000000000000000000.timeindex     timestamp → offset        |
 *     00000000000000000000.txnindex      aborted transactions     /
 *     00000000000000000000.txnindex-checksum   of the file above
 *     00000000000000000000.log.damaged-0     what recovery has cut off at that position, though it was no torn end
 *     00000000000000004711.snapshot      the producers as they were at an offset
 *     leader-epoch-checkpoint            where each leader epoch begins
 *     log-checkpoint                     log start and recovery point
 *     clean-shutdown                     the log was closed in order, and how it was then
 *     truncation                         a truncation is under way
 *     imported-log-end                   where the records end that Apache Kafka has written
 *     cleaner-offset-checkpoint          up to where a compacted log was cleaned
 *     *.cleaned *.swap *.deleted         segments that are made, swapped in, deleted
 * </pre>
 *
 * <p>The loop writes: batches to the active segment, then indexes, producers and epochs in memory, then the log end, which
 * is what readers look at. A reader takes the log end, the immutable list of segments, and a reference to the files of one;
 * so it needs no lock, and what it holds is neither closed nor cut off under it.
 *
 * <p>What recovery relies on: a segment below the recovery point is on disk with its indexes; segments adjoin, and a gap
 * between two is a loss, unless Apache Kafka has written them. A cleaning of a compacted log works on sealed segments, forces the log before it drops a record,
 * keeps the last batch of every new segment, if need be without records, so that segments adjoin still, and swaps its result
 * in as {@link SegmentSwap} says.
 */
@Deterministic
package dev.millrace.broker.log;

import dev.millrace.broker.machine.Deterministic;
