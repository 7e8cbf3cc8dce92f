package dev.millrace.broker.log.batch;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The header of a record batch of message format v2 (KIP-98), read and stamped in place: {@code at} is always the index of
 * the batch's first byte in the buffer, which is big endian. Base offset and leader epoch lie before the checksummed part.
 */
public final class BatchHeader {
    public static final int LENGTH_AT = 8;
    public static final int LEADER_EPOCH_AT = 12;
    public static final int MAGIC_AT = 16;
    static final int CRC_AT = 17;
    public static final int ATTRIBUTES_AT = 21;
    public static final int LAST_OFFSET_DELTA_AT = 23;
    static final int BASE_TIMESTAMP_AT = 27;
    static final int MAX_TIMESTAMP_AT = 35;
    static final int PRODUCER_ID_AT = 43;
    static final int PRODUCER_EPOCH_AT = 51;
    public static final int BASE_SEQUENCE_AT = 53;
    public static final int COUNT_AT = 57;
    public static final int RECORDS_AT = 61;

    /** Bytes before what the length field counts. */
    public static final int LENGTH_OVERHEAD = 12;

    public static final byte MAGIC = 2;
    public static final long NO_TIMESTAMP = -1;
    public static final long NO_PRODUCER_ID = -1;
    public static final int NO_EPOCH = -1;

    private static final int COMPRESSION_MASK = 0x07;
    private static final int LOG_APPEND_TIME = 0x08;
    private static final int TRANSACTIONAL = 0x10;
    private static final int CONTROL = 0x20;
    private static final int DELETE_HORIZON = 0x40;

    private BatchHeader() {}

    public static long baseOffset(ByteBuffer buffer, int at) {
        return buffer.getLong(at);
    }

    public static void baseOffset(ByteBuffer buffer, int at, long offset) {
        buffer.putLong(at, offset);
    }

    /** Of the whole batch; garbage when the header is. */
    public static int sizeInBytes(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LENGTH_AT) + LENGTH_OVERHEAD;
    }

    public static int leaderEpoch(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LEADER_EPOCH_AT);
    }

    public static void leaderEpoch(ByteBuffer buffer, int at, int epoch) {
        buffer.putInt(at + LEADER_EPOCH_AT, epoch);
    }

    public static byte magic(ByteBuffer buffer, int at) {
        return buffer.get(at + MAGIC_AT);
    }

    static int attributes(ByteBuffer buffer, int at) {
        return buffer.getShort(at + ATTRIBUTES_AT);
    }

    static int compression(ByteBuffer buffer, int at) {
        return attributes(buffer, at) & COMPRESSION_MASK;
    }

    static boolean isLogAppendTime(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & LOG_APPEND_TIME) != 0;
    }

    public static boolean isTransactional(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & TRANSACTIONAL) != 0;
    }

    public static boolean isControl(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & CONTROL) != 0;
    }

    /** Compaction then keeps a time to delete at in place of the base timestamp (KIP-534). */
    static boolean hasDeleteHorizon(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & DELETE_HORIZON) != 0;
    }

    static short attributes(boolean transactional, boolean control) {
        return (short) ((transactional ? TRANSACTIONAL : 0) | (control ? CONTROL : 0));
    }

    public static int lastOffsetDelta(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    public static long lastOffset(ByteBuffer buffer, int at) {
        return baseOffset(buffer, at) + lastOffsetDelta(buffer, at);
    }

    static long baseTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + BASE_TIMESTAMP_AT);
    }

    public static long maxTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + MAX_TIMESTAMP_AT);
    }

    public static long producerId(ByteBuffer buffer, int at) {
        return buffer.getLong(at + PRODUCER_ID_AT);
    }

    public static short producerEpoch(ByteBuffer buffer, int at) {
        return buffer.getShort(at + PRODUCER_EPOCH_AT);
    }

    public static int baseSequence(ByteBuffer buffer, int at) {
        return buffer.getInt(at + BASE_SEQUENCE_AT);
    }

    /** Sequences go from 0 to 2^31 - 1 and start over. */
    public static int lastSequence(ByteBuffer buffer, int at) {
        int base = baseSequence(buffer, at);
        return base < 0 ? base : (base + lastOffsetDelta(buffer, at)) & Integer.MAX_VALUE;
    }

    public static int count(ByteBuffer buffer, int at) {
        return buffer.getInt(at + COUNT_AT);
    }

    public static long crc(ByteBuffer buffer, int at) {
        return buffer.getInt(at + CRC_AT) & 0xFFFF_FFFFL;
    }

    public static boolean isIntact(ByteBuffer buffer, int at, int size) {
        return crc(buffer, at) == computeCrc(buffer, at, size);
    }

    /** Gives every record of the batch this timestamp. */
    public static void stampLogAppendTime(ByteBuffer buffer, int at, int size, long nowMs) {
        buffer.putShort(at + ATTRIBUTES_AT, (short) (attributes(buffer, at) | LOG_APPEND_TIME));
        stampMaxTimestamp(buffer, at, size, nowMs);
    }

    public static void stampMaxTimestamp(ByteBuffer buffer, int at, int size, long maxTimestampMs) {
        buffer.putLong(at + MAX_TIMESTAMP_AT, maxTimestampMs);
        stampCrc(buffer, at, size);
    }

    public static void stampCrc(ByteBuffer buffer, int at, int size) {
        buffer.putInt(at + CRC_AT, (int) computeCrc(buffer, at, size));
    }

    private static long computeCrc(ByteBuffer buffer, int at, int size) {
        CRC32C crc = new CRC32C();
        int from = at + ATTRIBUTES_AT;
        int length = size - ATTRIBUTES_AT;
        if (buffer.hasArray()) {
            crc.update(buffer.array(), buffer.arrayOffset() + from, length);
        } else {
            int position = buffer.position();
            int limit = buffer.limit();
            buffer.limit(from + length).position(from);
            crc.update(buffer);
            buffer.limit(limit).position(position);
        }
        return crc.getValue();
    }
}
