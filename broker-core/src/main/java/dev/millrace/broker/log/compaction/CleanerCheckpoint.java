package dev.millrace.broker.log.compaction;

import dev.millrace.broker.log.directory.CheckedNumbers;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.WholeFile;
import dev.millrace.broker.log.disk.Disk;
import java.io.IOException;

/**
 * Up to where a compacted log was cleaned, in its directory as everything that a log knows of itself. Lost, or behind: the
 * log is cleaned once more than it had to be.
 */
public final class CleanerCheckpoint {
    public static final long NONE = -1;
    private static final String HEADER = "cleaner-offset-checkpoint 1";

    private CleanerCheckpoint() {}

    /** {@link #NONE} when the log was never cleaned, as far as is known. */
    public static long read(Disk disk, String directory) throws IOException {
        long[] numbers = CheckedNumbers.read(disk, path(directory), HEADER, 1);
        return numbers == null ? NONE : numbers[0];
    }

    public static void write(Disk disk, String directory, long offset) throws IOException {
        WholeFile.write(disk, path(directory), CheckedNumbers.encode(HEADER, offset));
    }

    private static String path(String directory) {
        return directory + '/' + LogFileNames.CLEANER_CHECKPOINT;
    }
}
