package dev.millrace.broker.log;

import java.io.IOException;
import java.util.List;

/** Where the files of a segment are: which directory of which disk, and the offset that they are named after. */
record SegmentPlace(Disk disk, String directory, long baseOffset) {
    /** Beyond its base, of any record in a segment: indexes have four bytes for it. */
    static final long RELATIVE_OFFSET_MAX = Integer.MAX_VALUE;

    /** The log is the last to go: whatever a crash leaves belongs to a segment that is still there. */
    static final List<String> FILES = List.of(
            LogFileNames.OFFSET_INDEX,
            LogFileNames.TIME_INDEX,
            LogFileNames.TRANSACTION_INDEX,
            LogFileNames.TRANSACTION_CHECKSUM,
            LogFileNames.LOG);

    /** All but the log. */
    static final List<String> COMPANIONS = FILES.subList(0, FILES.indexOf(LogFileNames.LOG));

    static String path(String directory, long offset, String suffix) {
        return directory + '/' + LogFileNames.of(offset, suffix);
    }

    String path(String suffix) {
        return path(directory, baseOffset, suffix);
    }

    /** For messages. */
    String describe(String suffix) {
        return disk.describe(path(suffix));
    }

    DiskFile openLog(boolean create) throws IOException {
        return disk.open(path(LogFileNames.LOG), create);
    }

    void deleteIndexes() throws IOException {
        disk.delete(path(LogFileNames.OFFSET_INDEX));
        disk.delete(path(LogFileNames.TIME_INDEX));
    }

    void delete() throws IOException {
        for (String suffix : FILES) {
            disk.delete(path(suffix));
        }
    }
}
