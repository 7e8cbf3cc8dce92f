package dev.millrace.broker.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The mark that a log was closed in order: {@code clean-shutdown} in its directory. It goes away before the log is written to
 * again; and it counts only while the active segment still has the size that it names.
 *
 * @param logEndOffset then
 * @param activeBaseOffset of the last segment
 * @param activeSizeInBytes of the last segment
 */
record CleanShutdown(long logEndOffset, long activeBaseOffset, long activeSizeInBytes) {
    static final String FILE = "clean-shutdown";
    private static final String HEADER = "clean-shutdown 1";

    static @Nullable CleanShutdown read(Disk disk, String directory) throws IOException {
        long[] numbers = Checkpoint.readNumbers(disk, directory + '/' + FILE, HEADER, 3);
        return numbers == null ? null : new CleanShutdown(numbers[0], numbers[1], numbers[2]);
    }

    void write(Disk disk, String directory) throws IOException {
        WholeFile.write(
                disk,
                directory + '/' + FILE,
                Checkpoint.encode(HEADER, logEndOffset, activeBaseOffset, activeSizeInBytes));
    }

    static void remove(Disk disk, String directory) throws IOException {
        disk.delete(directory + '/' + FILE);
    }
}
