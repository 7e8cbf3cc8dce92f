package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Compares the batches in a part of a segment file with their checksums and their neighbours, before they are sent to
 * anybody: what a disk has made of them since they were written is nobody else's business. One use each; any thread.
 */
final class Verification {
    private static final int WINDOW_BYTES = 64 * 1024;

    /** The threads that send are few, and the window is too large to be allocated for each read. */
    private static final ThreadLocal<ByteBuffer> WINDOWS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(WINDOW_BYTES));

    private final DiskFile file;
    private final long baseOffset;
    private final long offsetMax;
    private final ByteBuffer window = WINDOWS.get();

    private int position;
    private long nextOffset;
    private int lastBatchAt;
    private long lastBatchOffset;
    private @Nullable String damage;

    /** @param offsetMax no record can have a larger one: the next segment begins behind it */
    Verification(DiskFile file, long baseOffset, long offsetMax) {
        this.file = file;
        this.baseOffset = baseOffset;
        this.offsetMax = offsetMax;
    }

    /**
     * Goes through the batches from {@code from}, where one begins, to {@code to}, where one ends.
     *
     * @param fileEnd where the last batch of the file ends
     * @return whether all of them are sound; the batches before {@link #position} are in any case
     */
    boolean verify(int from, int to, int fileEnd) throws IOException {
        position = from;
        lastBatchAt = from;
        nextOffset = baseOffset;
        lastBatchOffset = baseOffset;
        while (position < to) {
            damage = damageAt(to - position);
            if (damage != null) {
                return false;
            }
            if (baseOf(window) < nextOffset) {
                distrustLastBatch();
                return false;
            }
            long first = baseOf(window);
            long next = BatchHeader.lastOffset(window, 0) + 1;
            int size = BatchHeader.sizeInBytes(window, 0);
            if (!checksumMatches(position, size)) {
                damage = "checksum does not match";
                return false;
            }
            lastBatchAt = position;
            lastBatchOffset = first;
            nextOffset = next;
            position += size;
        }
        if (position < fileEnd && damageAt(fileEnd - position) == null && baseOf(window) < nextOffset) {
            distrustLastBatch();
            return false;
        }
        return true;
    }

    /** It or the one behind it has a wrong offset, which no checksum covers: neither is to be believed. */
    private void distrustLastBatch() {
        damage = "offset " + baseOf(window) + " behind offset " + (nextOffset - 1);
        position = lastBatchAt;
        nextOffset = lastBatchOffset;
    }

    private static long baseOf(ByteBuffer header) {
        return BatchHeader.baseOffset(header, 0);
    }

    /** What is wrong with the header at the position; it is in the window then. */
    private @Nullable String damageAt(int left) throws IOException {
        window.clear().limit(BatchHeader.RECORDS_AT);
        if (left < BatchHeader.RECORDS_AT || file.read(window, position) < BatchHeader.RECORDS_AT) {
            return "cut off in the header of a batch";
        }
        window.flip();
        int size = BatchHeader.sizeInBytes(window, 0);
        if (BatchHeader.magic(window, 0) != BatchHeader.MAGIC) {
            return "magic " + BatchHeader.magic(window, 0);
        }
        if (size < BatchHeader.RECORDS_AT || size > left) {
            return "a batch of " + size + " bytes where " + left + " are left";
        }
        long first = baseOf(window);
        long last = BatchHeader.lastOffset(window, 0);
        if (first < baseOffset || last < first || last > offsetMax) {
            return "offsets " + first + " to " + last + " in a segment of " + baseOffset + " to " + offsetMax;
        }
        return null;
    }

    private boolean checksumMatches(int at, int size) throws IOException {
        long expected = BatchHeader.crc(window, 0);
        CRC32C crc = new CRC32C();
        int done = BatchHeader.ATTRIBUTES_AT;
        while (done < size) {
            window.clear().limit(Math.min(WINDOW_BYTES, size - done));
            int read = file.read(window, (long) at + done);
            if (read < window.limit()) {
                return false;
            }
            crc.update(window.flip());
            done += read;
        }
        return crc.getValue() == expected;
    }

    /** Where the first batch begins that is not sound; the end of all when they are. */
    int position() {
        return position;
    }

    /** All records before the position have smaller offsets. */
    long nextOffset() {
        return nextOffset;
    }

    /** What is wrong there, for messages. */
    String damage() {
        return String.valueOf(damage);
    }
}
