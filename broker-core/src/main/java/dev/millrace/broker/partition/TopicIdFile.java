package dev.millrace.broker.partition;

import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code partition.metadata} of a partition's directory, which names the topic's id in Kafka's format. A third line,
 * that Kafka does not look at, holds a checksum: one flipped bit must not make the records another topic's.
 */
final class TopicIdFile {

    private static final Logger LOG = LoggerFactory.getLogger(TopicIdFile.class);

    private static final String NAME = "/partition.metadata";
    private static final int BYTES_MAX = 1024;
    private static final String ID = "topic_id: ";
    private static final String CHECKSUM = "crc32c: ";

    private final Disk disk;
    private final String path;

    TopicIdFile(Disk disk, String directory) {
        this.disk = disk;
        this.path = directory + NAME;
    }

    /** Null when there is none, or it is damaged; then it is removed, for the directory's name says enough. */
    @Nullable
    Uuid read() throws IOException {
        if (!disk.exists(path)) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
        try (DiskFile file = disk.open(path, false)) {
            file.read(bytes, 0);
        }
        String text = StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
        Uuid id = parse(text);
        if (id == null) {
            LOG.warn("file={} action=make anew reason=it is damaged", disk.describe(path));
            disk.delete(path);
        }
        return id;
    }

    private static @Nullable Uuid parse(String text) {
        String[] lines = text.lines().toArray(String[]::new);
        if (lines.length < 2 || lines.length > 3 || !lines[1].startsWith(ID)) {
            return null;
        }
        if (lines.length == 3 && !text.equals(content(lines[0] + '\n' + lines[1] + '\n'))) {
            return null;
        }
        try {
            return Uuid.fromString(lines[1].substring(ID.length()).trim());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String content(String checked) {
        CRC32C crc = new CRC32C();
        crc.update(checked.getBytes(StandardCharsets.ISO_8859_1));
        return checked + CHECKSUM + Long.toHexString(crc.getValue()) + '\n';
    }

    void writeIfMissing(Uuid topicId) throws IOException {
        if (disk.exists(path)) {
            return;
        }
        String temporary = path + ".tmp";
        try (DiskFile file = disk.open(temporary, true)) {
            file.truncate(0);
            file.write(StandardCharsets.ISO_8859_1.encode(content("version: 0\n" + ID + topicId + '\n')), 0);
        }
        disk.rename(temporary, path);
    }
}
