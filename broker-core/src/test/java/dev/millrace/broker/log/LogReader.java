package dev.millrace.broker.log;

import dev.millrace.broker.log.segment.LogSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/** Reads slices the way a consumer would see them. */
public final class LogReader {
    private LogReader() {}

    /** A channel that keeps what it is given. */
    static final class Sink implements WritableByteChannel {
        private final ByteBuffer bytes;

        Sink(int size) {
            bytes = ByteBuffer.allocate(size);
        }

        @Override
        public int write(ByteBuffer source) {
            int written = source.remaining();
            bytes.put(source);
            return written;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** All bytes of the slice; the slice stays open. */
    public static ByteBuffer bytes(LogSlice slice) throws IOException {
        Sink sink = new Sink(slice.sizeInBytes());
        long sent = 0;
        while (sent < slice.sizeInBytes()) {
            sent += slice.transferTo(sink, sent);
        }
        return sink.bytes.flip();
    }

    /** {@code offset=value} for every record from the offset on. */
    public static List<String> records(PartitionLog log, long offset) throws IOException {
        List<String> records = new ArrayList<>();
        long next = offset;
        while (next < log.logEndOffset()) {
            try (LogSlice slice = log.read(next, 1 << 20, Long.MAX_VALUE, true)) {
                MemoryRecords memory = MemoryRecords.readableRecords(bytes(slice));
                for (RecordBatch batch : memory.batches()) {
                    batch.ensureValid();
                    for (Record record : batch) {
                        if (record.offset() >= offset && !batch.isControlBatch()) {
                            records.add(record.offset() + "=" + StandardCharsets.UTF_8.decode(record.value()));
                        }
                    }
                }
                if (slice.nextOffset() <= next) {
                    throw new AssertionError("no progress at " + next);
                }
                next = slice.nextOffset();
            }
        }
        return records;
    }
}
