package dev.millrace.broker.log.recovery;

import dev.millrace.broker.log.directory.CheckedNumbers;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.directory.WholeFile;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.segment.Segment;
import java.io.IOException;

/**
 * Which neighbouring segments of a log must adjoin. Those that were written here do, even when they were compacted, so that
 * a gap between two of them is a loss. Those that Apache Kafka has written need not.
 *
 * @param importedEnd where the records end that Apache Kafka has written; 0 when there are none
 */
public record Adjacency(long importedEnd) {
    private static final String HEADER = "imported-log-end 1";
    private static final long UNKNOWN = Long.MAX_VALUE;

    /** A log that Apache Kafka has written has no checkpoint of ours when it is opened here first. */
    static Adjacency read(Disk disk, String directory, boolean hasSegments) throws IOException {
        if (disk.exists(path(directory))) {
            long[] numbers = CheckedNumbers.read(disk, path(directory), HEADER, 1);
            return new Adjacency(numbers == null ? UNKNOWN : numbers[0]);
        }
        return new Adjacency(hasSegments && !Checkpoint.exists(disk, directory) ? UNKNOWN : 0);
    }

    boolean isKnown() {
        return importedEnd != UNKNOWN;
    }

    /** Of a log that was just opened: what is appended from now on is written here. */
    static Adjacency begin(Disk disk, String directory, long logEndOffset) throws IOException {
        WholeFile.write(disk, path(directory), CheckedNumbers.encode(HEADER, logEndOffset));
        disk.syncDirectory(directory);
        return new Adjacency(logEndOffset);
    }

    private static String path(String directory) {
        return directory + '/' + LogFileNames.IMPORTED_END;
    }

    /**
     * Whether there were records once between a segment and the next one.
     *
     * @param endOffset after the last record of the segment
     */
    boolean isLoss(long baseOffset, long endOffset, long nextBaseOffset) {
        // Offsets that jump too far for the indexes of one segment begin another one behind the gap.
        return endOffset < nextBaseOffset
                && nextBaseOffset > importedEnd
                && nextBaseOffset - baseOffset <= SegmentPlace.RELATIVE_OFFSET_MAX;
    }

    /** @throws LogCorruptException when the segment lacks batches at its end */
    public void ensureNoLoss(Segment segment, long endOffset, long nextBaseOffset) throws LogCorruptException {
        if (isLoss(segment.baseOffset(), endOffset, nextBaseOffset)) {
            throw new LogCorruptException(segment.description() + " is damaged (it ends before offset " + endOffset
                    + ", and the next segment begins at offset " + nextBaseOffset
                    + "): restore the file from a copy or a replica; until then consumers can only go on by seeking to"
                    + " an offset behind it");
        }
    }
}
