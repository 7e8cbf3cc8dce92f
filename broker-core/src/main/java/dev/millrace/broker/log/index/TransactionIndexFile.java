package dev.millrace.broker.log.index;

import dev.millrace.broker.log.directory.CheckedNumbers;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.directory.WholeFile;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .txnindex} of a segment, in Apache Kafka's format. That has no checksum, and an entry that makes sense and is
 * wrong would have consumers see what was aborted or miss what was not; so a file of our own beside it holds one. Without
 * that, or when the two do not agree, the index is made anew from the log. A segment without aborted transactions has
 * neither.
 */
public final class TransactionIndexFile {
    private static final short VERSION = 0;
    private static final int ENTRY_BYTES = Short.BYTES + 4 * Long.BYTES;
    private static final String CHECKSUM_HEADER = "txnindex-checksum 1";

    private final Disk disk;
    private final String path;
    private final String checksumPath;

    public TransactionIndexFile(SegmentPlace place) {
        this(place, "");
    }

    /** @param stage behind the names, while a cleaning makes them */
    public TransactionIndexFile(SegmentPlace place, String stage) {
        this.disk = place.disk();
        this.path = place.path(LogFileNames.TRANSACTION_INDEX + stage);
        this.checksumPath = place.path(LogFileNames.TRANSACTION_CHECKSUM + stage);
    }

    boolean exists() throws IOException {
        return disk.exists(path) || disk.exists(checksumPath);
    }

    /** Null when it is not what was written. */
    public AbortedTransactions.Entry @Nullable [] read() throws IOException {
        ByteBuffer found = WholeFile.read(disk, path);
        ByteBuffer bytes = found == null ? ByteBuffer.allocate(0) : found;
        if (!disk.exists(checksumPath)) {
            return bytes.hasRemaining() ? null : new AbortedTransactions.Entry[0];
        }
        long[] sums = CheckedNumbers.read(disk, checksumPath, CHECKSUM_HEADER, 2);
        if (sums == null || sums[0] != bytes.remaining() || sums[1] != checksum(bytes)) {
            return null;
        }
        AbortedTransactions.Entry[] entries = new AbortedTransactions.Entry[bytes.remaining() / ENTRY_BYTES];
        for (int i = 0; i < entries.length; i++) {
            if (bytes.getShort() != VERSION) {
                return null;
            }
            entries[i] =
                    new AbortedTransactions.Entry(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
        }
        return entries;
    }

    /** @param from the first entry that is not in the file yet */
    public void write(AbortedTransactions.Entry[] entries, int from) throws IOException {
        ByteBuffer bytes = encode(entries);
        long checksum = checksum(bytes);
        long size = bytes.remaining();
        long keep = (long) from * ENTRY_BYTES;
        try (DiskFile file = disk.open(path, true)) {
            file.truncate(keep);
            file.write(bytes.position((int) keep), keep);
        }
        WholeFile.writeUnforced(disk, checksumPath, CheckedNumbers.encode(CHECKSUM_HEADER, size, checksum));
    }

    public void force() throws IOException {
        try (DiskFile file = disk.open(path, false)) {
            file.force();
        }
        try (DiskFile file = disk.open(checksumPath, false)) {
            file.force();
        }
    }

    /** For messages. */
    String description() {
        return disk.describe(path);
    }

    private static ByteBuffer encode(AbortedTransactions.Entry[] entries) {
        ByteBuffer bytes = ByteBuffer.allocate(entries.length * ENTRY_BYTES);
        for (AbortedTransactions.Entry entry : entries) {
            bytes.putShort(VERSION)
                    .putLong(entry.producerId())
                    .putLong(entry.firstOffset())
                    .putLong(entry.lastOffset())
                    .putLong(entry.lastStableOffset());
        }
        return bytes.flip();
    }

    private static long checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return crc.getValue();
    }
}
