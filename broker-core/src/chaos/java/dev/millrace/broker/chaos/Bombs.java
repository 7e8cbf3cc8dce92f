package dev.millrace.broker.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.ByteUtils;

/** Batches that are small on the wire and huge when they are opened, or that claim to be. */
final class Bombs {

    /** Below max.message.bytes. */
    private static final int BATCH_BYTES_MAX = 1_000_000;

    private static final byte[] ZEROS = new byte[64 << 10];
    private static final long TIMESTAMP = System.currentTimeMillis();

    private Bombs() {}

    /** Those that take long to be made, by what they are. */
    static Map<String, ByteBuffer> large() throws IOException {
        Map<String, ByteBuffer> bombs = new LinkedHashMap<>();
        bombs.put("gzip, a record of 900 MB", oneRecord(CompressionType.GZIP, 900 << 20));
        bombs.put("gzip, 8 records of 100 MB", records(CompressionType.GZIP, 8, 100 << 20));
        bombs.put("zstd, a record of 2 GB", oneRecord(CompressionType.ZSTD, Integer.MAX_VALUE - 100));
        bombs.put("zstd, 24 records of 1 GB", records(CompressionType.ZSTD, 24, 1 << 30));
        return bombs;
    }

    /** The others, by what they are. */
    static Map<String, ByteBuffer> small() throws IOException {
        Map<String, ByteBuffer> bombs = new LinkedHashMap<>();
        bombs.put("gzip, a record of 140 MB", oneRecord(CompressionType.GZIP, 140 << 20));
        bombs.put("lz4, a record of 224 MB", oneRecord(CompressionType.LZ4, 224 << 20));
        bombs.put("zstd, a record of 500 MB", oneRecord(CompressionType.ZSTD, 500 << 20));
        bombs.put("zstd, a million records of nothing", records(CompressionType.ZSTD, 1_000_000, 0));
        bombs.put("snappy, a chunk that claims 2 GB", batch(CompressionType.SNAPPY, 1, claimingSnappy(true)));
        bombs.put("snappy without chunks that claims 2 GB", batch(CompressionType.SNAPPY, 1, claimingSnappy(false)));
        bombs.put("a count of two billion", batch(CompressionType.NONE, Integer.MAX_VALUE, smallRecord()));
        bombs.put("zstd, a count of two billion", compressed(CompressionType.ZSTD, Integer.MAX_VALUE, smallRecord()));
        bombs.put("a length that is longer than any", batch(CompressionType.NONE, 1, overflowing()));
        bombs.put("gzip, a length that is longer than any", compressed(CompressionType.GZIP, 1, overflowing()));
        bombs.put("a record that claims 2 GB", batch(CompressionType.NONE, 1, claiming()));
        bombs.put("lz4, a record that claims 2 GB", compressed(CompressionType.LZ4, 1, claiming()));
        bombs.put("zstd, a key that claims 2 GB", compressed(CompressionType.ZSTD, 1, claimingKey()));
        bombs.put("two billion headers", batch(CompressionType.NONE, 1, claimingHeaders()));
        return bombs;
    }

    private static ByteBuffer oneRecord(CompressionType type, int valueBytes) throws IOException {
        return records(type, 1, valueBytes);
    }

    private static ByteBuffer records(CompressionType type, int count, int valueBytes) throws IOException {
        ByteBufferOutputStream bytes = new ByteBufferOutputStream(BATCH_BYTES_MAX);
        try (OutputStream out = Compression.of(type).build().wrapForOutput(bytes, RecordBatch.CURRENT_MAGIC_VALUE)) {
            for (int i = 0; i < count; i++) {
                ByteBuffer head = ByteBuffer.allocate(40);
                head.put((byte) 0);
                ByteUtils.writeVarlong(0, head);
                ByteUtils.writeVarint(i, head);
                ByteUtils.writeVarint(1, head);
                head.put((byte) 'k');
                ByteUtils.writeVarint(valueBytes, head);
                ByteBuffer length = ByteBuffer.allocate(5);
                ByteUtils.writeVarint(head.position() + valueBytes + 1, length);
                out.write(length.array(), 0, length.position());
                out.write(head.array(), 0, head.position());
                for (int left = valueBytes; left > 0; left -= ZEROS.length) {
                    out.write(ZEROS, 0, Math.min(left, ZEROS.length));
                }
                out.write(0);
            }
        }
        return batch(type, count, bytes.buffer().flip());
    }

    private static ByteBuffer compressed(CompressionType type, int count, ByteBuffer records) throws IOException {
        ByteBufferOutputStream bytes = new ByteBufferOutputStream(1000);
        try (OutputStream out = Compression.of(type).build().wrapForOutput(bytes, RecordBatch.CURRENT_MAGIC_VALUE)) {
            out.write(records.array(), 0, records.limit());
        }
        return batch(type, count, bytes.buffer().flip());
    }

    private static ByteBuffer batch(CompressionType type, int count, ByteBuffer records) {
        int size = DefaultRecordBatch.RECORD_BATCH_OVERHEAD + records.remaining();
        ByteBuffer batch = ByteBuffer.allocate(size);
        batch.position(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
        batch.put(records).flip();
        DefaultRecordBatch.writeHeader(
                batch,
                0,
                count - 1,
                size,
                RecordBatch.CURRENT_MAGIC_VALUE,
                type,
                TimestampType.CREATE_TIME,
                TIMESTAMP,
                TIMESTAMP,
                -1,
                (short) -1,
                -1,
                false,
                false,
                false,
                -1,
                count);
        return sealed(batch.position(0).limit(size));
    }

    private static ByteBuffer sealed(ByteBuffer batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().position(21));
        return batch.putInt(17, (int) crc.getValue());
    }

    /** Codecs end at 4. */
    static ByteBuffer inNoCodec() {
        return sealed(batch(CompressionType.NONE, 1, smallRecord()).putShort(21, (short) 7));
    }

    private static ByteBuffer claimingSnappy(boolean chunked) {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        if (chunked) {
            bytes.putLong(0x82534E4150505900L).putInt(1).putInt(1).putInt(20);
        }
        ByteUtils.writeUnsignedVarint(Integer.MAX_VALUE - 8, bytes);
        return bytes.put(new byte[chunked ? 15 : 40]).flip();
    }

    private static ByteBuffer smallRecord() {
        return ByteBuffer.wrap(new byte[] {16, 0, 0, 0, 2, 'k', 2, 'v', 0});
    }

    private static ByteBuffer overflowing() {
        return ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, 0, 0, 0, 0, 0, 0, 0, 0});
    }

    private static ByteBuffer claiming() {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        ByteUtils.writeVarint(Integer.MAX_VALUE, bytes);
        return bytes.put(new byte[50]).flip();
    }

    private static ByteBuffer claimingKey() {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        ByteUtils.writeVarint(80, bytes);
        bytes.put(new byte[3]);
        ByteUtils.writeVarint(Integer.MAX_VALUE, bytes);
        return bytes.put(new byte[75]).flip();
    }

    private static ByteBuffer claimingHeaders() {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        ByteUtils.writeVarint(12, bytes);
        bytes.put(new byte[] {0, 0, 0, 2, 'k', 2, 'v'});
        ByteUtils.writeVarint(Integer.MAX_VALUE, bytes);
        return bytes.flip();
    }
}
