package dev.millrace.broker;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The file meta.properties of a data directory: whose it is, in Kafka's format. A comment holds the checksum, so that a
 * damaged file is not taken for that of another node or cluster; Kafka's own files have none.
 */
final class MetaProperties {

    private static final String CHECKSUM = "#crc32c ";

    private MetaProperties() {}

    /**
     * Null when there is none.
     *
     * @throws ConfigException when the file is damaged: names it, and says what to do
     */
    static @Nullable Properties read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        Properties meta = new Properties();
        try {
            meta.load(new StringReader(text));
        } catch (IllegalArgumentException e) {
            throw damaged(file, String.valueOf(e.getMessage()));
        }
        for (String line : text.lines().toList()) {
            if (line.startsWith(CHECKSUM) && !line.equals(CHECKSUM + checksum(meta))) {
                throw damaged(file, "its checksum does not match");
            }
        }
        for (String key : new String[] {"version", "node.id", "cluster.id"}) {
            if (meta.getProperty(key) == null) {
                throw damaged(file, "it has no " + key);
            }
        }
        return meta;
    }

    private static ConfigException damaged(Path file, String what) {
        return new ConfigException(file + " is damaged: " + what
                + ". Restore it from a copy, or delete it: then the directory is taken for this node's.");
    }

    /** Durable on return. */
    static void write(Path file, Properties meta) throws IOException {
        StringWriter text = new StringWriter();
        meta.store(text, null);
        Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.ISO_8859_1.encode(CHECKSUM + checksum(meta) + "\n" + text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String checksum(Properties meta) {
        CRC32C crc = new CRC32C();
        for (String key : new TreeSet<>(meta.stringPropertyNames())) {
            crc.update((key + '=' + meta.getProperty(key) + '\n').getBytes(StandardCharsets.UTF_8));
        }
        return Long.toHexString(crc.getValue());
    }
}
