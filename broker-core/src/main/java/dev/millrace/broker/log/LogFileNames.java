package dev.millrace.broker.log;

import java.util.OptionalLong;

/** The names of a partition's files, as Apache Kafka's tools know them. */
final class LogFileNames {
    static final String LOG = ".log";
    static final String OFFSET_INDEX = ".index";
    static final String TIME_INDEX = ".timeindex";
    static final String TRANSACTION_INDEX = ".txnindex";

    /** Of the file above, whose format has no place for one. */
    static final String TRANSACTION_CHECKSUM = ".txnindex-checksum";

    /** Before the position in the segment: what recovery has cut off there, though it was not a torn end. */
    static final String DAMAGED = ".log.damaged-";

    static final String SNAPSHOT = ".snapshot";
    static final String LEADER_EPOCHS = "leader-epoch-checkpoint";

    /** Is there while a truncation is under way. Left over: what was cut off may not be off the disk yet. */
    static final String TRUNCATION = "truncation";

    /** Of a file that is being written and takes its real name once it is whole. Left over: a crash came in between. */
    static final String PARTIAL = ".tmp";

    /** Of a segment that is being made by a cleaning. Left over: the cleaning was not finished, and is forgotten. */
    static final String CLEANED = ".cleaned";

    /** Of a cleaned segment that takes the place of others. Left over: its taking the place is finished. */
    static final String SWAP = ".swap";

    /** Of a segment that is deleted in a while. Left over: it is deleted at once. */
    static final String DELETED = ".deleted";

    /** Up to where a compacted log was cleaned. */
    static final String CLEANER_CHECKPOINT = "cleaner-offset-checkpoint";

    /** Where the records end that Apache Kafka has written. */
    static final String IMPORTED_END = "imported-log-end";

    /** Of a directory that is on its way out. */
    static final String DELETED_DIRECTORY = "-delete";

    private static final int DIGITS = 20;

    private LogFileNames() {}

    static String of(long offset, String suffix) {
        String digits = Long.toString(offset);
        return "0".repeat(DIGITS - digits.length()) + digits + suffix;
    }

    /** The offset in a name that ends with {@code suffix}; empty for every other name. */
    static OptionalLong offsetIn(String name, String suffix) {
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
