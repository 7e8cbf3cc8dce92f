package dev.millrace.broker.log.directory;

import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFile;
import java.io.IOException;
import java.util.List;

/** Where the files of a segment are: which directory of which disk, and the offset that they are named after. */
public record SegmentPlace(Disk disk, String directory, long baseOffset) {
    /** Beyond its base, of any record in a segment: indexes have four bytes for it. */
    public static final long RELATIVE_OFFSET_MAX = Integer.MAX_VALUE;

    /** The log is the last to go: whatever a crash leaves belongs to a segment that is still there. */
    public static final List<String> FILES = List.of(
            LogFileNames.OFFSET_INDEX,
            LogFileNames.TIME_INDEX,
            LogFileNames.TRANSACTION_INDEX,
            LogFileNames.TRANSACTION_CHECKSUM,
            LogFileNames.LOG);

    /** All but the log. */
    public static final List<String> COMPANIONS = FILES.subList(0, FILES.indexOf(LogFileNames.LOG));

    public static String path(String directory, long offset, String suffix) {
        return directory + '/' + LogFileNames.of(offset, suffix);
    }

    public String path(String suffix) {
        return path(directory, baseOffset, suffix);
    }

    /** For messages. */
    public String describe(String suffix) {
        return disk.describe(path(suffix));
    }

    public DiskFile openLog(boolean create) throws IOException {
        return disk.open(path(LogFileNames.LOG), create);
    }

    public void deleteIndexes() throws IOException {
        disk.delete(path(LogFileNames.OFFSET_INDEX));
        disk.delete(path(LogFileNames.TIME_INDEX));
    }

    public void delete() throws IOException {
        for (String suffix : FILES) {
            disk.delete(path(suffix));
        }
    }
}
