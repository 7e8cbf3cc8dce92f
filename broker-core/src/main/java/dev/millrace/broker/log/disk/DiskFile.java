package dev.millrace.broker.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * An open file of a {@link Disk}. Any number of threads may read while one writes; a reader sees whole writes only as far
 * as the writer told it about them.
 */
public interface DiskFile extends AutoCloseable {

    /** As the operator knows it, for messages. */
    String description();

    /**
     * Fills {@code target} from {@code position} of the file on.
     *
     * @return the bytes read: fewer than asked for only when the file ends there, zero behind its end
     */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Writes all of {@code source} at {@code position}, which may be the end of the file.
     *
     * @throws DiskFullException when there is no room; any part of the bytes may have been written
     */
    void write(ByteBuffer source, long position) throws IOException;

    long size() throws IOException;

    /** Cuts the file off. Nothing happens when it is shorter. */
    void truncate(long size) throws IOException;

    /**
     * Makes everything written before durable. After a failure it is unknown what is durable, and a second try proves
     * nothing, for the kernel may have dropped the pages: whoever relies on it must stop.
     */
    void force() throws IOException;

    /** Sends up to {@code count} bytes, as many as the target takes now; by sendfile where both ends allow it. */
    long transferTo(long position, long count, WritableByteChannel target) throws IOException;

    @Override
    void close() throws IOException;
}
