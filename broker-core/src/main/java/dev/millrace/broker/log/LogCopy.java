package dev.millrace.broker.log;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.segment.LogSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log that is made a copy of another one on another disk, a little at a time, while that one goes on (KIP-113). The batches
 * are the same to the byte, so the epochs and the producers come out the same; the log start is followed. One thread at a time,
 * which may be the disk pool's.
 *
 * <p>The source must not be compacted meanwhile: what a tombstone has removed from one half would stay in the other, without the
 * tombstone.
 */
public final class LogCopy {
    private static final Logger LOG = LoggerFactory.getLogger(LogCopy.class);

    /** The batches have theirs. */
    private static final int NO_EPOCH = -1;

    private final PartitionLog source;
    private final PartitionLog copy;
    private byte[] bytes = new byte[0];

    private LogCopy(PartitionLog source, PartitionLog copy) {
        this.source = source;
        this.copy = copy;
    }

    /** The log that is copied could not be read. */
    public static final class SourceFailedException extends IOException {
        private static final long serialVersionUID = 1L;

        SourceFailedException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Opens the copy in {@code directory} of the disk, or begins it. One that an earlier run has left goes on where it is sure
     * to be a beginning of the source; otherwise it begins anew.
     *
     * @param sourceEnd what the source had when it was opened: a power failure may have taken from its end what the copy has
     */
    public static LogCopy open(Disk disk, String directory, PartitionLog source, long sourceEnd, long nowMs)
            throws IOException {
        PartitionLog log = PartitionLog.open(disk, directory, source.config(), nowMs);
        boolean opened = false;
        try {
            LogCopy copy = new LogCopy(source, log);
            copy.settle(sourceEnd);
            opened = true;
            return copy;
        } finally {
            if (!opened) {
                log.abandon();
            }
        }
    }

    private void settle(long sourceEnd) throws IOException {
        copy.truncateTo(sourceEnd);
        if (isEmpty() && copy.logStartOffset() <= source.logStartOffset()) {
            copy.inheritCleaning(source.cleanedTo());
        } else if (!isEmpty() && copy.cleanedTo() == source.cleanedTo() && continues()) {
            LOG.info("copy={} action=go on logEndOffset={}", copy.description(), copy.logEndOffset());
        } else {
            LOG.info("copy={} action=begin anew reason=the log has changed since", copy.description());
            restartAt(0);
        }
    }

    private boolean isEmpty() {
        return copy.logEndOffset() == copy.logStartOffset();
    }

    /** What follows a difference is different too, so the last batch tells for all before it. */
    private boolean continues() throws IOException {
        long last = copy.logEndOffset() - 1;
        if (last < source.logStartOffset() || copy.logStartOffset() > source.logStartOffset()) {
            return false; // the log start may have gone back with the power, too
        }
        ByteBuffer own = read(copy, last, 1);
        ByteBuffer kept = ByteBuffer.allocate(own.remaining()).put(own).flip();
        return kept.equals(read(1, last));
    }

    /** The log that is copied. */
    public PartitionLog source() {
        return source;
    }

    /** The copy. */
    public PartitionLog log() {
        return copy;
    }

    /** How many offsets are missing. Any thread. */
    public long lag() {
        return source.logEndOffset() - copy.logEndOffset();
    }

    /**
     * Copies whole batches; more than {@code maxBytes} only when the first one alone has more.
     *
     * @return the bytes copied: zero when there is nothing left to copy
     * @throws SourceFailedException when the source can't be read
     * @throws DiskFullException when there is no room for the copy; a later step may work
     * @throws IOException when the copy can't be written
     */
    public int step(int maxBytes, long nowMs) throws IOException {
        copy.configure(source.config());
        followLogStart();
        copy.deleteRetiredFiles(nowMs);
        long from = copy.logEndOffset();
        ByteBuffer batches = read(maxBytes, from);
        if (batches.hasRemaining()) {
            long first = BatchHeader.baseOffset(batches, 0);
            if (first < from) {
                // The log start is inside of a batch: the copy begins with the whole of it.
                restartAt(first);
            }
            copy.append(batches, AppendOrigin.REPLICATION, NO_EPOCH, nowMs);
            followLogStart();
        }
        return batches.limit();
    }

    private void followLogStart() throws IOException {
        long start = source.logStartOffset();
        if (start > copy.logEndOffset()) {
            restartAt(start);
        } else if (start > copy.logStartOffset()) {
            copy.advanceLogStart(start);
        }
    }

    private void restartAt(long offset) throws IOException {
        copy.restartAt(offset);
        copy.inheritCleaning(source.cleanedTo());
    }

    /** Whether the copy could take the source's place. On the source's loop, which alone can keep it so. */
    public boolean isComplete() {
        return copy.logEndOffset() == source.logEndOffset()
                && copy.logStartOffset() == source.logStartOffset()
                && copy.forcedEnd() >= source.forcedEnd();
    }

    private ByteBuffer read(int maxBytes, long from) throws IOException {
        try {
            return read(source, from, maxBytes);
        } catch (OffsetOutOfRangeException retention) {
            return ByteBuffer.allocate(0); // the log start has moved on since: the next step follows it
        } catch (IOException e) {
            throw new SourceFailedException(e);
        }
    }

    /** Valid until the next read. */
    private ByteBuffer read(PartitionLog log, long from, int maxBytes) throws IOException {
        try (LogSlice slice = log.read(from, maxBytes, Long.MAX_VALUE, true)) {
            int size = slice.sizeInBytes();
            if (bytes.length < size) {
                bytes = new byte[size];
            }
            ByteBuffer target = ByteBuffer.wrap(bytes, 0, size).order(ByteOrder.BIG_ENDIAN);
            Filling filling = new Filling(target);
            while (target.hasRemaining()) {
                if (slice.transferTo(filling, target.position()) <= 0) {
                    throw new LogCorruptException(log.description() + " ends before offset " + slice.nextOffset());
                }
            }
            return target.flip();
        }
    }

    /** A channel into a buffer, which is large enough. */
    private record Filling(ByteBuffer target) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) {
            int count = source.remaining();
            target.put(source);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
