package dev.millrace.broker.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the log knows of itself beyond its segments: {@code log-checkpoint} in its directory, three lines of text.
 *
 * @param logStartOffset nothing below is served
 * @param recoveryPoint everything below is known to be on disk, indexes included
 */
record Checkpoint(long logStartOffset, long recoveryPoint) {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
    private static final String FILE = "log-checkpoint";
    private static final String HEADER = "log-checkpoint 1";

    /** Null when there is none, or it makes no sense, which costs a recovery of the whole log. */
    static @Nullable Checkpoint read(Disk disk, String directory) throws IOException {
        String path = directory + '/' + FILE;
        long[] numbers = readNumbers(disk, path, HEADER, 2);
        return numbers == null ? null : new Checkpoint(numbers[0], numbers[1]);
    }

    void write(Disk disk, String directory) throws IOException {
        WholeFile.write(disk, directory + '/' + FILE, encode(HEADER, logStartOffset, recoveryPoint));
    }

    /** Whether the log was begun here. One that comes from Apache Kafka has no checkpoint in its directory. */
    static boolean exists(Disk disk, String directory) throws IOException {
        return disk.exists(directory + '/' + FILE);
    }

    /** The first one, before there is anything to lose. */
    void begin(Disk disk, String directory) throws IOException {
        WholeFile.writeUnforced(disk, directory + '/' + FILE, encode(HEADER, logStartOffset, recoveryPoint));
    }

    static long @Nullable [] readNumbers(Disk disk, String path, String header, int count) throws IOException {
        ByteBuffer content = WholeFile.read(disk, path);
        if (content == null) {
            return null;
        }
        String text = StandardCharsets.ISO_8859_1.decode(content).toString();
        int checked = text.lastIndexOf("crc32c ");
        if (!text.startsWith(header + "\n")
                || checked < 0
                || !text.substring(checked).equals(checksum(text.substring(0, checked)))) {
            LOG.warn("file={} action=ignore and recover the log reason=checksum does not match", disk.describe(path));
            return null;
        }
        String[] lines = text.lines().toArray(String[]::new);
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = Long.parseLong(lines[i + 1]);
        }
        return numbers;
    }

    static ByteBuffer encode(String header, long... numbers) {
        StringBuilder text = new StringBuilder(header).append('\n');
        for (long number : numbers) {
            text.append(number).append('\n');
        }
        text.append(checksum(text.toString()));
        return StandardCharsets.ISO_8859_1.encode(text.toString());
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return "crc32c " + Long.toHexString(crc.getValue()) + '\n';
    }
}
