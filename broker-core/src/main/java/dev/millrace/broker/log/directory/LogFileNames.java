package dev.millrace.broker.log.directory;

import java.util.OptionalLong;

/** The names of a partition's files, as Apache Kafka's tools know them. */
public final class LogFileNames {
    public static final String LOG = ".log";
    public static final String OFFSET_INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String TRANSACTION_INDEX = ".txnindex";

    /** Of the file above, whose format has no place for one. */
    public static final String TRANSACTION_CHECKSUM = ".txnindex-checksum";

    /** Before the position in the segment: what recovery has cut off there, though it was not a torn end. */
    public static final String DAMAGED = ".log.damaged-";

    public static final String SNAPSHOT = ".snapshot";
    public static final String LEADER_EPOCHS = "leader-epoch-checkpoint";

    /** The log start and the recovery point. */
    public static final String CHECKPOINT = "log-checkpoint";

    /** Is there while the log is closed, if it was closed in order. */
    public static final String CLEAN_SHUTDOWN = "clean-shutdown";

    /** Is there while a truncation is under way. Left over: what was cut off may not be off the disk yet. */
    public static final String TRUNCATION = "truncation";

    /** Of a file that is being written and takes its real name once it is whole. Left over: a crash came in between. */
    public static final String PARTIAL = ".tmp";

    /** Of a segment that is being made by a cleaning. Left over: the cleaning was not finished, and is forgotten. */
    public static final String CLEANED = ".cleaned";

    /** Of a cleaned segment that takes the place of others. Left over: its taking the place is finished. */
    public static final String SWAP = ".swap";

    /** Of a segment that is deleted in a while. Left over: it is deleted at once. */
    public static final String DELETED = ".deleted";

    /** Up to where a compacted log was cleaned. */
    public static final String CLEANER_CHECKPOINT = "cleaner-offset-checkpoint";

    /** Where the records end that Apache Kafka has written. */
    public static final String IMPORTED_END = "imported-log-end";

    /** Of a directory that is on its way out. */
    public static final String DELETED_DIRECTORY = "-delete";

    private static final int DIGITS = 20;

    private LogFileNames() {}

    public static String of(long offset, String suffix) {
        String digits = Long.toString(offset);
        return "0".repeat(DIGITS - digits.length()) + digits + suffix;
    }

    /** The offset in a name that ends with {@code suffix}; empty for every other name. */
    public static OptionalLong offsetIn(String name, String suffix) {
        if (!name.endsWith(suffix) || name.length() != DIGITS + suffix.length()) {
            return OptionalLong.empty();
        }
        for (int i = 0; i < DIGITS; i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return OptionalLong.empty();
            }
        }
        try {
            return OptionalLong.of(Long.parseLong(name.substring(0, DIGITS)));
        } catch (NumberFormatException beyondLong) {
            return OptionalLong.empty();
        }
    }
}
