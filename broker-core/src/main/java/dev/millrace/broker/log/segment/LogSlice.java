package dev.millrace.broker.log.segment;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import org.apache.kafka.common.record.internal.BaseRecords;

/**
 * A run of whole record batches inside a segment file, for the network to send without a copy. Whoever gets one from
 * {@code PartitionLog.read} releases it, once, from any thread.
 */
public interface LogSlice extends BaseRecords, AutoCloseable {

    /** Bytes. Zero when there was nothing to read. */
    @Override
    int sizeInBytes();

    /** The offset after the last record of the slice; the offset asked for when the slice is empty. */
    long nextOffset();

    /**
     * Sends bytes from {@code position} of the slice on, as many as the channel takes now; by sendfile where the disk is a
     * real one and the channel a socket.
     *
     * @return how many bytes were sent
     */
    long transferTo(WritableByteChannel target, long position) throws IOException;

    /** Releases the segment. Idempotent. */
    @Override
    void close();
}
