package dev.millrace.broker.log.batch;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.utils.ByteUtils;
import org.jspecify.annotations.Nullable;

/** Builds the record batches that the broker itself writes. Stateless; any thread. Format: message format v2 (KIP-98). */
public final class BatchBuilder {
    private static final int NO_SEQUENCE = -1;
    private static final short MARKER_VERSION = 0;
    private static final int MARKER_BYTES = Short.BYTES + Integer.BYTES;

    private BatchBuilder() {}

    /** A record to write. */
    public record KeyValue(byte @Nullable [] key, byte @Nullable [] value) {}

    /** One uncompressed batch, outside of any transaction, ready for {@code PartitionLog.append}. */
    public static ByteBuffer batch(List<KeyValue> records, long nowMs) {
        return batch(
                records,
                nowMs,
                BatchHeader.NO_PRODUCER_ID,
                (short) BatchHeader.NO_EPOCH,
                NO_SEQUENCE,
                BatchHeader.attributes(false, false));
    }

    /** One uncompressed batch inside the producer's transaction, without sequence numbers (offset commits). */
    public static ByteBuffer transactionalBatch(
            List<KeyValue> records, long nowMs, long producerId, short producerEpoch) {
        return batch(records, nowMs, producerId, producerEpoch, NO_SEQUENCE, BatchHeader.attributes(true, false));
    }

    /** The control batch that ends a transaction. */
    public static ByteBuffer endTransactionMarker(
            long nowMs, long producerId, short producerEpoch, int coordinatorEpoch, boolean committed) {
        ControlRecordType type = committed ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        byte[] key = new byte[2 * Short.BYTES];
        ByteBuffer.wrap(key).putShort(MARKER_VERSION).putShort(type.type());
        byte[] value = new byte[MARKER_BYTES];
        ByteBuffer.wrap(value).putShort(MARKER_VERSION).putInt(coordinatorEpoch);
        return batch(
                List.of(new KeyValue(key, value)),
                nowMs,
                producerId,
                producerEpoch,
                NO_SEQUENCE,
                BatchHeader.attributes(true, true));
    }

    /** With base offset 0 and no leader epoch, as a client would send it. */
    static ByteBuffer batch(
            List<KeyValue> records,
            long nowMs,
            long producerId,
            short producerEpoch,
            int baseSequence,
            short attributes) {
        if (records.isEmpty()) {
            throw new IllegalArgumentException("a batch needs at least one record");
        }
        int size = BatchHeader.RECORDS_AT;
        for (int i = 0; i < records.size(); i++) {
            int body = bodySize(records.get(i), i);
            size = Math.addExact(size, ByteUtils.sizeOfVarint(body) + body);
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        buffer.putLong(0)
                .putInt(size - BatchHeader.LENGTH_OVERHEAD)
                .putInt(BatchHeader.NO_EPOCH)
                .put(BatchHeader.MAGIC)
                .putInt(0)
                .putShort(attributes)
                .putInt(records.size() - 1)
                .putLong(nowMs)
                .putLong(nowMs)
                .putLong(producerId)
                .putShort(producerEpoch)
                .putInt(baseSequence)
                .putInt(records.size());
        for (int i = 0; i < records.size(); i++) {
            put(buffer, records.get(i), i);
        }
        BatchHeader.stampCrc(buffer, 0, size);
        return buffer.flip();
    }

    private static int bodySize(KeyValue record, int offsetDelta) {
        int attributesTimestampDeltaAndHeaderCount = 3;
        return attributesTimestampDeltaAndHeaderCount
                + ByteUtils.sizeOfVarint(offsetDelta)
                + fieldSize(record.key())
                + fieldSize(record.value());
    }

    private static int fieldSize(byte @Nullable [] field) {
        return field == null ? 1 : ByteUtils.sizeOfVarint(field.length) + field.length;
    }

    private static void put(ByteBuffer buffer, KeyValue record, int offsetDelta) {
        ByteUtils.writeVarint(bodySize(record, offsetDelta), buffer);
        buffer.put((byte) 0);
        ByteUtils.writeVarlong(0, buffer);
        ByteUtils.writeVarint(offsetDelta, buffer);
        putField(buffer, record.key());
        putField(buffer, record.value());
        ByteUtils.writeVarint(0, buffer);
    }

    private static void putField(ByteBuffer buffer, byte @Nullable [] field) {
        if (field == null) {
            ByteUtils.writeVarint(-1, buffer);
        } else {
            ByteUtils.writeVarint(field.length, buffer);
            buffer.put(field);
        }
    }
}
