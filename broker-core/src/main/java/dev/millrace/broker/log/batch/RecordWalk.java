package dev.millrace.broker.log.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.BufferSupplier;

/**
 * Steps over the records of one batch, compressed or not, without making an object of any. One per thread: its buffers are
 * used again for the next batch.
 */
final class RecordWalk {
    private static final int WINDOW_BYTES = 16 * 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final BufferSupplier decompressionBuffers = BufferSupplier.create();
    private final byte[] chunk = new byte[WINDOW_BYTES];
    private final ByteBuffer chunkView = ByteBuffer.wrap(chunk);

    private ByteBuffer window = NOTHING;
    private InputStream source = InputStream.nullInputStream();
    private long consumedBefore;
    private long expandedBytesMax;

    private int index;
    private boolean keyPresent;
    private long timestampDelta;
    private int offsetDelta;

    /**
     * Goes to the first record of a batch.
     *
     * @param expandedBytes how much the records may become when they are compressed, by {@link ExpansionLimit}
     * @throws InvalidRecordException when the records cannot be decompressed
     */
    void begin(ByteBuffer buffer, int at, int size, long expandedBytes) {
        CompressionType compression = CompressionType.forId(BatchHeader.compression(buffer, at));
        ByteBuffer records = buffer.slice(at + BatchHeader.RECORDS_AT, size - BatchHeader.RECORDS_AT);
        consumedBefore = 0;
        index = -1;
        expandedBytesMax = expandedBytes;
        if (compression == CompressionType.NONE) {
            window = records;
            source = InputStream.nullInputStream();
            expandedBytesMax = Long.MAX_VALUE;
            return;
        }
        if (compression == CompressionType.SNAPPY) {
            SnappyChunks.check(records);
        }
        window = NOTHING;
        try {
            source = Compression.of(compression).build().wrapForInput(records, BatchHeader.MAGIC, decompressionBuffers);
        } catch (KafkaException e) {
            throw undecodable(e);
        }
    }

    /** Lets go of what decompression holds. */
    void end() {
        window = NOTHING;
        try {
            source.close();
        } catch (IOException e) {
            throw undecodable(e);
        }
    }

    /**
     * Goes over the next record. The caller knows how many there should be.
     *
     * @throws RecordTooLargeException when there is more in the batch than there may be
     */
    void next() {
        index++;
        int length = varint();
        long start = consumed();
        if (length < 0) {
            throw malformed("has the size " + length);
        }
        octet(); // attributes, of which none is in use
        timestampDelta = varlong();
        offsetDelta = varint();
        int keyLength = varint();
        keyPresent = keyLength >= 0;
        skip(Math.max(0, keyLength));
        skip(Math.max(0, varint()));
        int headers = varint();
        if (headers < 0) {
            throw malformed("has " + headers + " headers");
        }
        for (int i = 0; i < headers; i++) {
            int headerKeyLength = varint();
            if (headerKeyLength < 0) {
                throw malformed("has a header without a key");
            }
            skip(headerKeyLength);
            skip(Math.max(0, varint()));
        }
        if (consumed() - start != length) {
            throw malformed("claims " + length + " bytes and has " + (consumed() - start));
        }
    }

    /** From 0 on. */
    int index() {
        return index;
    }

    boolean hasKey() {
        return keyPresent;
    }

    long timestampDelta() {
        return timestampDelta;
    }

    int offsetDelta() {
        return offsetDelta;
    }

    /** Whether bytes follow the last record. */
    boolean hasMore() {
        return window.hasRemaining() || refill();
    }

    /** How many bytes of records lie behind. */
    long consumed() {
        return consumedBefore + window.position();
    }

    private int varint() {
        int raw = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int octet = octet();
            raw |= (octet & 0x7F) << shift;
            if (octet >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw malformed("has a number that is too long");
    }

    private long varlong() {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int octet = octet();
            raw |= (octet & 0x7FL) << shift;
            if (octet >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw malformed("has a number that is too long");
    }

    private byte octet() {
        if (!window.hasRemaining() && !refill()) {
            throw malformed("is cut off");
        }
        return window.get();
    }

    private void skip(int bytes) {
        int left = bytes;
        while (left > window.remaining()) {
            left -= window.remaining();
            window.position(window.limit());
            if (!refill()) {
                throw malformed("is cut off");
            }
        }
        window.position(window.position() + left);
    }

    private boolean refill() {
        consumedBefore += window.position();
        try {
            int read = source.read(chunk, 0, WINDOW_BYTES);
            window = read <= 0 ? NOTHING : chunkView.clear().limit(read);
            checkExpansion();
            return read > 0;
        } catch (RecordTooLargeException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The decompressors throw exceptions of many kinds when they are fed with garbage.
            window = NOTHING;
            throw undecodable(e);
        }
    }

    private void checkExpansion() {
        long expanded = consumedBefore + window.remaining() + (long) index * ExpansionLimit.BYTES_PER_RECORD;
        if (expanded > expandedBytesMax) {
            throw new RecordTooLargeException("the records of the batch become more than " + expandedBytesMax
                    + " bytes when they are decompressed");
        }
    }

    private InvalidRecordException malformed(String what) {
        return new InvalidRecordException("record " + index + " of the batch " + what);
    }

    private static InvalidRecordException undecodable(Exception cause) {
        return new InvalidRecordException("the records of the batch cannot be decompressed", cause);
    }
}
