package dev.millrace.broker.log.directory;

import dev.millrace.broker.log.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The text of a small file that holds a few numbers: a line that says what it is, the numbers, and a checksum. */
public final class CheckedNumbers {
    private static final Logger LOG = LoggerFactory.getLogger(CheckedNumbers.class);

    private CheckedNumbers() {}

    /** Null when there is no file, or it is not what was written. */
    public static long @Nullable [] read(Disk disk, String path, String header, int count) throws IOException {
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

    public static ByteBuffer encode(String header, long... numbers) {
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
