package dev.millrace.broker.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;
import org.jspecify.annotations.Nullable;

/**
 * The first half of a cleaning: goes through the dirty segments and notes where each key was written last, until the map is
 * full. What was aborted does not count. In steps; for one thread.
 */
final class KeyMapping {
    private final Segments segments;
    private final long from;
    private final long to;
    private final OffsetMap map;
    private final CleanedTransactions transactions;
    private final int bufferBytes;
    private final BufferSupplier decompressionBuffers = BufferSupplier.create();

    private int index;
    private @Nullable BatchReads reads;
    private long mappedEnd;
    private boolean done;

    /**
     * @param from the first dirty offset
     * @param to where the first segment begins that is not cleaned
     */
    KeyMapping(
            Segments segments, long from, long to, OffsetMap map, CleanedTransactions transactions, int bufferBytes) {
        this.segments = segments;
        this.from = from;
        this.to = to;
        this.map = map;
        this.transactions = transactions;
        this.bufferBytes = bufferBytes;
        this.index = segments.floorIndex(from);
        this.mappedEnd = from;
    }

    boolean isDone() {
        return done;
    }

    /** For every key below this offset it is known where it was written last. */
    long mappedEnd() {
        return mappedEnd;
    }

    /** Reads some more, about {@code bytesMax}; returns how many bytes it has read. */
    long step(int bytesMax) throws IOException {
        long read = 0;
        while (!done && read < bytesMax) {
            if (index >= segments.size() || segments.get(index).baseOffset() >= to) {
                finish();
            } else {
                read += stepIn(segments.get(index), bytesMax - read);
            }
        }
        return read;
    }

    private long stepIn(Segment segment, long bytesMax) throws IOException {
        if (segment.sizeInBytes() == 0) {
            toNextSegment();
            return 0;
        }
        SegmentFiles open = segment.retain();
        try {
            BatchReads batches = reads;
            if (batches == null) {
                batches = new BatchReads(bufferBytes, open.log(), 0, segment.sizeInBytes());
                reads = batches;
            }
            int begun = batches.position();
            while (!done && batches.position() - begun < bytesMax) {
                ByteBuffer batch = batches.next();
                if (batch == null) {
                    toNextSegment();
                    break;
                }
                map(batch);
            }
            return (long) batches.position() - begun;
        } finally {
            open.release();
        }
    }

    private void toNextSegment() {
        reads = null;
        mappedEnd = Math.max(mappedEnd, Math.min(to, segments.endOffset(index)));
        index++;
    }

    private void map(ByteBuffer batch) {
        if (BatchHeader.isControl(batch, 0)) {
            transactions.endsNothing(batch);
        } else if (!transactions.isAborted(batch) && BatchHeader.lastOffset(batch, 0) >= from) {
            mapRecords(batch);
        }
        if (!done) {
            mappedEnd = Math.max(mappedEnd, BatchHeader.lastOffset(batch, 0) + 1);
        }
    }

    private void mapRecords(ByteBuffer batch) {
        RecordBatch records =
                MemoryRecords.readableRecords(batch).batches().iterator().next();
        try (CloseableIterator<Record> iterator = records.streamingIterator(decompressionBuffers)) {
            while (iterator.hasNext()) {
                Record record = iterator.next();
                if (record.offset() < from) {
                    continue;
                }
                if (record.hasKey() && !map.put(record.key(), record.offset())) {
                    finish();
                    return;
                }
                mappedEnd = Math.max(mappedEnd, record.offset() + 1);
            }
        }
    }

    private void finish() {
        done = true;
        decompressionBuffers.close();
    }
}
