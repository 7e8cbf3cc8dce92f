/**
 * A partition's records on disk: appended, read, searched, replayed, truncated, cleaned and deleted, over the Disk port.
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
 * <p>A {@link PartitionLog} is what others see, with the settings in {@code log.config}, the port {@code log.disk}, the batches
 * of {@code log.batch}, and the little that the rest answers with. This package has the steps on a {@link LogState}, one class
 * for each kind of work; what they work with is in the packages below it, and none of those knows this one.
 */
@Deterministic
package dev.millrace.broker.log;

import dev.millrace.broker.machine.Deterministic;
