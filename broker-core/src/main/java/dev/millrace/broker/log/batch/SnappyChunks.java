package dev.millrace.broker.log.batch;

import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;

/**
 * What snappy's chunks claim, before a decompressor believes it: that one allocates as much as a chunk says that it holds,
 * which may be two gigabytes in a dozen bytes. Both forms that clients send: chunks behind a header, and one without.
 */
public final class SnappyChunks {
    private static final long MAGIC = 0x82534E415050_5900L;
    private static final int HEADER_BYTES = 16;

    /** The first four bytes of the magic: headers may follow between chunks. */
    private static final int MAGIC_BEGIN = (int) (MAGIC >>> 32);

    /** Snappy's densest element is a copy of 64 bytes in 3. */
    private static final int RATIO_MAX = 64;

    private SnappyChunks() {}

    /** @throws InvalidRecordException when a chunk claims to be more than it can be */
    public static void check(ByteBuffer records) {
        int at = records.position();
        if (records.remaining() < HEADER_BYTES || records.getLong(at) != MAGIC) {
            checkClaim(records, at, records.remaining());
            return;
        }
        while (records.limit() - at >= Integer.BYTES) {
            int size = records.getInt(at);
            if (size == MAGIC_BEGIN) {
                at += HEADER_BYTES;
                continue;
            }
            at += Integer.BYTES;
            if (size < 0 || size > records.limit() - at) {
                throw new InvalidRecordException("the records of the batch cannot be decompressed: a chunk claims "
                        + size + " bytes, there are " + (records.limit() - at));
            }
            checkClaim(records, at, size);
            at += size;
        }
    }

    private static void checkClaim(ByteBuffer records, int at, int size) {
        long claimed = 0;
        for (int i = 0; i < Math.min(size, 5); i++) {
            byte octet = records.get(at + i);
            claimed |= (octet & 0x7FL) << (7 * i);
            if (octet >= 0) {
                break;
            }
        }
        if (claimed > (long) RATIO_MAX * size) {
            throw new InvalidRecordException("the records of the batch cannot be decompressed: a chunk of " + size
                    + " bytes claims to hold " + claimed);
        }
    }
}
