package dev.millrace.broker.partition;

import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.disk.LogCorruptException;
import java.io.IOException;
import java.util.Locale;

/** Whose fault it is that a log could not be written, read or opened, and so what is taken out of service. */
enum StorageFault {
    /** There is no room for now: nothing is taken out of service. */
    NO_ROOM,

    /** This log alone, or this process: the log is opened afresh. */
    LOG,

    /** The directory, with all that lies in it, until an operator has looked at it, as in Kafka (KIP-112). */
    DIRECTORY;

    static StorageFault of(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof DiskFullException) {
                return NO_ROOM;
            }
            if (!(cause instanceof IOException)
                    || cause instanceof LogCorruptException
                    || isOfAClosedChannel(cause)
                    || isForWantOfDescriptors(cause)) {
                return LOG;
            }
        }
        return DIRECTORY;
    }

    /** By name, for channels are behind the port: this process has closed the file, or interrupted who used it. */
    private static boolean isOfAClosedChannel(Throwable cause) {
        return cause.getClass().getName().startsWith("java.nio.channels.Closed");
    }

    /** No disk is to blame when the process may open no more files; Java has no type for EMFILE and ENFILE. */
    private static boolean isForWantOfDescriptors(Throwable cause) {
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("too many open files");
    }
}
