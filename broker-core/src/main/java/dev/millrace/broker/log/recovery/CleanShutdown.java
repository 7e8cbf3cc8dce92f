package dev.millrace.broker.log.recovery;

import dev.millrace.broker.log.directory.CheckedNumbers;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.WholeFile;
import dev.millrace.broker.log.disk.Disk;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The mark that a log was closed in order: {@code clean-shutdown} in its directory. It goes away before the log is written to
 * again; and it counts only while the segments still have the sizes that it names. It is written when the records are on
 * disk, and not forced itself: without it the log is recovered.
 *
 * @param logEndOffset then
 * @param activeBaseOffset of the last segment
 * @param activeSizeInBytes of the last segment
 * @param sizeInBytes of all segments
 * @param epochsChecksum of the leader epochs
 */
public record CleanShutdown(
        long logEndOffset, long activeBaseOffset, long activeSizeInBytes, long sizeInBytes, long epochsChecksum) {
    private static final String HEADER = "clean-shutdown 2";

    static @Nullable CleanShutdown read(Disk disk, String directory) throws IOException {
        long[] numbers = CheckedNumbers.read(disk, directory + '/' + LogFileNames.CLEAN_SHUTDOWN, HEADER, 5);
        return numbers == null ? null : new CleanShutdown(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    public void write(Disk disk, String directory) throws IOException {
        WholeFile.writeUnforced(
                disk,
                directory + '/' + LogFileNames.CLEAN_SHUTDOWN,
                CheckedNumbers.encode(
                        HEADER, logEndOffset, activeBaseOffset, activeSizeInBytes, sizeInBytes, epochsChecksum));
    }

    public static void remove(Disk disk, String directory) throws IOException {
        disk.delete(directory + '/' + LogFileNames.CLEAN_SHUTDOWN);
    }
}
