package dev.millrace.broker.log.recovery;

import dev.millrace.broker.log.directory.CheckedNumbers;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.WholeFile;
import dev.millrace.broker.log.disk.Disk;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the log knows of itself beyond its segments: {@code log-checkpoint} in its directory, three lines of text.
 *
 * @param logStartOffset nothing below is served
 * @param recoveryPoint everything below is known to be on disk, indexes included
 */
public record Checkpoint(long logStartOffset, long recoveryPoint) {
    private static final String HEADER = "log-checkpoint 1";

    /** Null when there is none, or it makes no sense, which costs a recovery of the whole log. */
    public static @Nullable Checkpoint read(Disk disk, String directory) throws IOException {
        String path = directory + '/' + LogFileNames.CHECKPOINT;
        long[] numbers = CheckedNumbers.read(disk, path, HEADER, 2);
        return numbers == null ? null : new Checkpoint(numbers[0], numbers[1]);
    }

    public void write(Disk disk, String directory) throws IOException {
        WholeFile.write(
                disk,
                directory + '/' + LogFileNames.CHECKPOINT,
                CheckedNumbers.encode(HEADER, logStartOffset, recoveryPoint));
    }

    /** Whether the log was begun here. One that comes from Apache Kafka has no checkpoint in its directory. */
    static boolean exists(Disk disk, String directory) throws IOException {
        return disk.exists(directory + '/' + LogFileNames.CHECKPOINT);
    }

    /** The first one, before there is anything to lose. */
    void begin(Disk disk, String directory) throws IOException {
        WholeFile.writeUnforced(
                disk,
                directory + '/' + LogFileNames.CHECKPOINT,
                CheckedNumbers.encode(HEADER, logStartOffset, recoveryPoint));
    }
}
