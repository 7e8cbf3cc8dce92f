package dev.millrace.broker.log.disk;

import java.io.IOException;
import java.util.List;

/**
 * Files, as a port: real ones in production, nasty ones in the simulation. Paths are relative to one of log.dirs and use
 * {@code /}. Callable from any thread.
 *
 * <p>What was written is durable only once {@link DiskFile#force} has returned; that a file was created, renamed or deleted,
 * only once {@link #syncDirectory} of its directory has. A file that is deleted or replaced while it is open stays readable
 * through that handle, as POSIX has it.
 */
public interface Disk {

    /** What a directory holds. */
    record Entry(String name, long sizeInBytes, boolean directory) {}

    /**
     * Opens a file for reading and writing.
     *
     * @throws java.nio.file.NoSuchFileException when it is not there and {@code create} is false
     */
    DiskFile open(String path, boolean create) throws IOException;

    boolean exists(String path) throws IOException;

    /** In no particular order; empty when there is no such directory. */
    List<Entry> list(String directory) throws IOException;

    /** With its parents. Nothing happens when it is there. */
    void createDirectory(String directory) throws IOException;

    /** Replaces a file at {@code to} atomically. Renames directories too, when there is nothing at {@code to}. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file or an empty directory. Nothing happens when there is none. */
    void delete(String path) throws IOException;

    /** Makes durable which names the directory holds. */
    void syncDirectory(String directory) throws IOException;

    /**
     * How large the file system is.
     *
     * @param totalBytes -1 when not known
     * @param usableBytes -1 when not known
     */
    record Space(long totalBytes, long usableBytes) {
        public static final Space UNKNOWN = new Space(-1, -1);
    }

    /** The space of the file system that the log dir is on. */
    Space space() throws IOException;

    /** The path as the operator knows it, for messages. */
    String describe(String path);
}
