package dev.millrace.connector.csv;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * The first bytes of a file, by which it is told from another one of the same name. Only bytes that have been read count,
 * so that a file that grows stays the same file.
 */
final class FileHead {

    /** Enough to differ between files that share a header row. */
    private static final int LENGTH_MAX = 4096;

    private final byte[] bytes;
    private long crcLength = -1;
    private long crc;

    private FileHead(byte[] bytes) {
        this.bytes = bytes;
    }

    static FileHead of(FileChannel channel) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(LENGTH_MAX);
        while (head.hasRemaining() && channel.read(head, head.position()) > 0) {
            // Until the end of the file or of the head.
        }
        byte[] bytes = new byte[head.position()];
        head.flip().get(bytes);
        return new FileHead(bytes);
    }

    /** How many bytes a fingerprint covers once the file is read up to the offset. */
    long lengthUpTo(long offset) {
        return Math.min(offset, bytes.length);
    }

    /** @param length as {@link #lengthUpTo} says, or one that this head {@link #covers} */
    long crc(long length) {
        if (length != crcLength) {
            CRC32C checksum = new CRC32C();
            checksum.update(bytes, 0, (int) length);
            crc = checksum.getValue();
            crcLength = length;
        }
        return crc;
    }

    boolean covers(long length) {
        return length <= bytes.length;
    }

    boolean startsWithUtf8Mark() {
        return startsWith(0xEF, 0xBB, 0xBF);
    }

    boolean startsWithUtf16Mark() {
        return startsWith(0xFE, 0xFF) || startsWith(0xFF, 0xFE);
    }

    private boolean startsWith(int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
