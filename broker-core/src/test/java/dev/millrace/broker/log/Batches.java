package dev.millrace.broker.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Batches as Apache Kafka's own producer makes them. */
public final class Batches {
    private Batches() {}

    /** One batch of plain records with keys {@code k} and these values. */
    public static ByteBuffer of(long timestampMs, String... values) {
        return idempotent(timestampMs, RecordBatch.NO_PRODUCER_ID, (short) -1, -1, values);
    }

    public static ByteBuffer idempotent(
            long timestampMs, long producerId, short epoch, int sequence, String... values) {
        return build(Compression.NONE, timestampMs, producerId, epoch, sequence, false, values);
    }

    public static ByteBuffer transactional(
            long timestampMs, long producerId, short epoch, int sequence, String... values) {
        return build(Compression.NONE, timestampMs, producerId, epoch, sequence, true, values);
    }

    public static ByteBuffer compressed(Compression compression, long timestampMs, String... values) {
        return build(compression, timestampMs, RecordBatch.NO_PRODUCER_ID, (short) -1, -1, false, values);
    }

    public static ByteBuffer build(
            Compression compression,
            long timestampMs,
            long producerId,
            short epoch,
            int sequence,
            boolean transactional,
            String... values) {
        List<SimpleRecord> records = new ArrayList<>();
        for (String value : values) {
            records.add(new SimpleRecord(timestampMs, bytes("k"), bytes(value)));
        }
        return build(compression, producerId, epoch, sequence, transactional, records);
    }

    public static ByteBuffer build(
            Compression compression,
            long producerId,
            short epoch,
            int sequence,
            boolean transactional,
            List<SimpleRecord> records) {
        int size = 512;
        for (SimpleRecord record : records) {
            size += 128 + (record.value() == null ? 0 : record.value().remaining());
        }
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(size),
                RecordBatch.CURRENT_MAGIC_VALUE,
                compression,
                TimestampType.CREATE_TIME,
                0,
                RecordBatch.NO_TIMESTAMP,
                producerId,
                epoch,
                sequence,
                transactional,
                RecordBatch.NO_PARTITION_LEADER_EPOCH);
        records.forEach(builder::append);
        return builder.build().buffer();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
