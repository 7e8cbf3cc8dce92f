package dev.millrace.broker.log;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.BatchScan;
import dev.millrace.broker.log.batch.EndMarker;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.recovery.Adjacency;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** Decodes a log, batch by batch, for a state machine that lives on it. Any thread. */
final class Replay {
    private static final int WINDOW_BYTES = 64 * 1024;

    private final String log;
    private final Adjacency adjacency;
    private final Consumer<ReplayedBatch> consumer;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
    private long next;

    Replay(String log, long from, Adjacency adjacency, Consumer<ReplayedBatch> consumer) {
        this.log = log;
        this.adjacency = adjacency;
        this.next = from;
        this.consumer = consumer;
    }

    /** Hands over what was not handed over yet. To be called again, with the segments of then, when one of these is gone. */
    void through(Segments segments, long start, long end) throws IOException {
        next = Math.max(next, start);
        for (int i = segments.floorIndex(next); i < segments.size(); i++) {
            Segment segment = segments.get(i);
            boolean more = segment.scan(
                    next,
                    batch -> {
                        if (batch.baseOffset() >= end) {
                            return false;
                        }
                        if (batch.lastOffset() >= next) {
                            ReplayedBatch decoded = decode(batch, segment, next);
                            next = decoded.lastOffset() + 1;
                            consumer.accept(decoded);
                        }
                        return true;
                    },
                    window);
            if (!more) {
                return;
            }
            if (i + 1 < segments.size()) {
                adjacency.ensureNoLoss(segment, next, segments.endOffset(i));
                next = Math.max(next, segments.endOffset(i));
            }
        }
    }

    private ReplayedBatch decode(BatchScan scan, Segment segment, long from) throws IOException {
        ByteBuffer bytes = scan.batch();
        if (!BatchHeader.isIntact(bytes, 0, bytes.limit())) {
            throw corrupt(scan, segment, "does not match its checksum");
        }
        try {
            RecordBatch batch =
                    MemoryRecords.readableRecords(bytes).batches().iterator().next();
            return new ReplayedBatch(
                    batch.baseOffset(),
                    batch.lastOffset(),
                    batch.producerId(),
                    batch.producerEpoch(),
                    batch.isTransactional(),
                    marker(bytes, batch),
                    batch.isControlBatch() ? List.of() : records(batch, from));
        } catch (KafkaException e) {
            throw corrupt(scan, segment, "cannot be decoded: " + e.getMessage());
        }
    }

    private static ReplayedBatch.@Nullable Marker marker(ByteBuffer bytes, RecordBatch batch) {
        EndMarker marker = batch.isControlBatch() ? EndMarker.read(bytes, 0) : null;
        if (marker == null) {
            return null;
        }
        return marker.committed() ? ReplayedBatch.Marker.COMMIT : ReplayedBatch.Marker.ABORT;
    }

    private static List<ReplayedBatch.KeyValue> records(RecordBatch batch, long from) {
        List<ReplayedBatch.KeyValue> records = new ArrayList<>();
        for (Record record : batch) {
            if (record.offset() >= from) {
                records.add(
                        new ReplayedBatch.KeyValue(record.offset(), record.timestamp(), record.key(), record.value()));
            }
        }
        return records;
    }

    private LogCorruptException corrupt(BatchScan scan, Segment segment, String what) {
        return new LogCorruptException("the batch at position " + scan.position() + " of " + log + "/"
                + LogFileNames.of(segment.baseOffset(), LogFileNames.LOG) + " " + what
                + ": restore the file from a copy or a replica, or delete this replica of the partition");
    }
}
