package dev.millrace.broker.log.compaction;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.segment.SegmentSteps;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;

/**
 * The first half of a cleaning: goes through the dirty segments and notes where each key was written last, until the map is
 * full. What was aborted does not count. In steps; for one thread.
 */
public final class KeyMapping implements SegmentSteps.Reader {
    private final Segments segments;
    private final long from;
    private final long to;
    private final OffsetMap map;
    private final CleanedTransactions transactions;
    private final SegmentSteps reads;
    private final BufferSupplier decompressionBuffers = BufferSupplier.create();

    private int index;
    private long mappedEnd;
    private boolean done;

    /**
     * @param from the first dirty offset
     * @param to where the first segment begins that is not cleaned
     */
    public KeyMapping(
            Segments segments, long from, long to, OffsetMap map, CleanedTransactions transactions, int bufferBytes) {
        this.segments = segments;
        this.from = from;
        this.to = to;
        this.map = map;
        this.transactions = transactions;
        this.reads = new SegmentSteps(bufferBytes, this);
        this.index = segments.floorIndex(from);
        this.mappedEnd = from;
    }

    public boolean isDone() {
        return done;
    }

    /** For every key below this offset it is known where it was written last. */
    public long mappedEnd() {
        return mappedEnd;
    }

    /** Reads some more, about {@code bytesMax}; returns how many bytes it has read. */
    public long step(int bytesMax) throws IOException {
        long read = 0;
        while (!done && read < bytesMax) {
            if (index >= segments.size() || segments.get(index).baseOffset() >= to) {
                finish();
            } else {
                read += reads.step(segments.get(index), bytesMax - read);
            }
        }
        return read;
    }

    @Override
    public void onSegmentEnd() {
        mappedEnd = Math.max(mappedEnd, Math.min(to, segments.endOffset(index)));
        index++;
    }

    @Override
    public boolean onBatch(ByteBuffer batch, boolean last) {
        if (BatchHeader.isControl(batch, 0)) {
            transactions.endsNothing(batch);
        } else if (!transactions.isAborted(batch) && BatchHeader.lastOffset(batch, 0) >= from) {
            mapRecords(batch);
        }
        if (!done) {
            mappedEnd = Math.max(mappedEnd, BatchHeader.lastOffset(batch, 0) + 1);
        }
        return !done;
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
