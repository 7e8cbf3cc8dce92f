package dev.millrace.broker.log.batch;

import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.disk.LogCorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads whole batches, one after the other, through a large buffer, and checks each of them: what is written anew gets a new
 * checksum, so damage must be found before. For one thread.
 */
public final class BatchReads {
    private ByteBuffer buffer;
    private DiskFile file;
    private int position;
    private int end;
    private long bufferAt;

    public BatchReads(int bufferBytes, DiskFile file, int from, int end) {
        this.buffer = ByteBuffer.allocate(Math.max(BatchHeader.RECORDS_AT, bufferBytes))
                .limit(0);
        this.file = file;
        this.position = from;
        this.end = end;
    }

    /** Goes on in another file, with the same buffer. */
    void continueIn(DiskFile nextFile, int from, int nextEnd) {
        file = nextFile;
        position = from;
        end = nextEnd;
        buffer.limit(0);
        bufferAt = 0;
    }

    /** Where the next batch begins. */
    public int position() {
        return position;
    }

    public boolean isAtEnd() {
        return position >= end;
    }

    /** The next batch, at position 0 of a buffer that is valid until the next call; null at the end. */
    @Nullable
    public ByteBuffer next() throws IOException {
        if (isAtEnd()) {
            return null;
        }
        int at = load(BatchHeader.RECORDS_AT);
        int size = BatchHeader.sizeInBytes(buffer, at);
        if (BatchHeader.magic(buffer, at) != BatchHeader.MAGIC
                || size < BatchHeader.RECORDS_AT
                || size > end - position) {
            throw corrupt("does not begin a record batch");
        }
        at = load(size);
        if (!BatchHeader.isIntact(buffer, at, size)) {
            throw corrupt("begins a batch that does not match its checksum");
        }
        position += size;
        return buffer.slice(at, size);
    }

    private int load(int bytes) throws IOException {
        long at = position - bufferAt;
        if (at < 0 || at + bytes > buffer.limit()) {
            if (buffer.capacity() < bytes) {
                buffer = ByteBuffer.allocate(bytes);
            }
            buffer.clear().limit(Math.min(buffer.capacity(), end - position));
            file.read(buffer, position);
            buffer.flip();
            bufferAt = position;
            at = 0;
            if (buffer.limit() < bytes) {
                throw corrupt("begins a batch that is cut off");
            }
        }
        return (int) at;
    }

    private LogCorruptException corrupt(String what) {
        return new LogCorruptException("position " + position + " of " + file.description() + " " + what
                + ": restore the file from a copy or a replica, or delete this replica of the partition");
    }
}
