package dev.millrace.broker.log;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.BatchScan;
import dev.millrace.broker.log.index.MaxTimestamp;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;

/** Finds records by their timestamps (ListOffsets, key 2; KIP-79, KIP-734). Any thread. */
final class TimestampSearch {
    private final Segments segments;
    private final long logStartOffset;
    private final long logEndOffset;

    TimestampSearch(Segments segments, long logStartOffset, long logEndOffset) {
        this.segments = segments;
        this.logStartOffset = logStartOffset;
        this.logEndOffset = logEndOffset;
    }

    Optional<TimestampOffset> firstAtOrAfter(long timestampMs) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (segment.sizeInBytes() == 0 || segment.maxTimestamp().timestampMs() < timestampMs) {
                continue;
            }
            long from = Math.max(logStartOffset, segment.offsetBefore(timestampMs));
            TimestampOffset found = find(segment, from, timestampMs);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    Optional<TimestampOffset> largest() throws IOException {
        MaxTimestamp max = MaxTimestamp.NONE;
        Segment holder = segments.first();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (segment.sizeInBytes() > 0 && segment.maxTimestamp().timestampMs() > max.timestampMs()) {
                max = segment.maxTimestamp();
                holder = segment;
            }
        }
        if (max.timestampMs() == BatchHeader.NO_TIMESTAMP) {
            return Optional.empty();
        }
        return Optional.ofNullable(find(holder, Math.max(logStartOffset, max.offset()), max.timestampMs()));
    }

    private @Nullable TimestampOffset find(Segment segment, long from, long timestampMs) throws IOException {
        TimestampOffset[] found = new TimestampOffset[1];
        segment.scan(from, batch -> {
            if (batch.baseOffset() >= logEndOffset) {
                return false;
            }
            if (batch.maxTimestamp() >= timestampMs) {
                found[0] = findIn(batch, timestampMs);
            }
            return found[0] == null;
        });
        return found[0];
    }

    private @Nullable TimestampOffset findIn(BatchScan batch, long timestampMs) throws IOException {
        Iterable<Record> records =
                MemoryRecords.readableRecords(batch.intactBatch()).records();
        for (Record record : records) {
            if (record.timestamp() >= timestampMs && record.offset() >= logStartOffset) {
                return new TimestampOffset(record.timestamp(), record.offset(), batch.leaderEpoch());
            }
        }
        return null;
    }
}
