package dev.millrace.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * One of log.dirs, held by this process alone as long as it is open, by the same lock file as Kafka's. Its meta.properties
 * says whose it is, in Kafka's format.
 */
final class DataDirectory implements AutoCloseable {

    private static final String META = "meta.properties";

    /** Of a key that Kafka does not look at: where the directory of an id was at the last start. */
    private static final String NOTED_PREFIX = "log.dir.";

    private final Path path;
    private final FileChannel lockFile;
    private @Nullable Properties meta;

    private DataDirectory(Path path, FileChannel lockFile, @Nullable Properties meta) {
        this.path = path;
        this.lockFile = lockFile;
        this.meta = meta;
    }

    /** The directory can't be created, read or written. With several, the others may do. */
    static final class UnusableException extends ConfigException {
        private static final long serialVersionUID = 1L;

        UnusableException(String message) {
            super(message);
        }
    }

    /**
     * Creates the directory when it is not there.
     *
     * @throws UnusableException when it can't be created, read or written: names it
     * @throws ConfigException when another process has it: names it
     */
    static DataDirectory open(Path path) {
        FileChannel lockFile = null;
        try {
            Files.createDirectories(path);
            lockFile = FileChannel.open(
                    path.resolve(".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.READ);
            if (!lock(lockFile)) {
                throw new ConfigException("log.dirs=" + path
                        + ": another process has this directory. End that process, or choose another directory.");
            }
            return new DataDirectory(path, lockFile, MetaProperties.read(path.resolve(META)));
        } catch (IOException e) {
            close(lockFile);
            throw new UnusableException("log.dirs=" + path + ": can't be used: " + e);
        } catch (RuntimeException e) {
            close(lockFile);
            throw e;
        }
    }

    private static boolean lock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // Another broker of this process.
            return false;
        }
    }

    Path path() {
        return path;
    }

    /** Whose data it holds; null when it is new. */
    @Nullable
    String clusterId() {
        return meta == null ? null : meta.getProperty("cluster.id");
    }

    /**
     * Makes a new directory this node's.
     *
     * @throws ConfigException when it is another node's or another cluster's
     */
    void claim(String clusterId, int nodeId) {
        if (meta == null) {
            writeMeta(clusterId, nodeId);
        } else if (!Integer.toString(nodeId).equals(meta.getProperty("node.id"))) {
            throw new ConfigException("log.dirs=" + path + ": holds the data of node.id=" + meta.getProperty("node.id")
                    + ", not of " + nodeId);
        } else if (!clusterId.equals(meta.getProperty("cluster.id"))) {
            throw new ConfigException("log.dirs=" + path + ": holds data of cluster " + meta.getProperty("cluster.id")
                    + ", the other directories of " + clusterId);
        }
    }

    private void writeMeta(String clusterId, int nodeId) {
        Properties fresh = new Properties();
        fresh.setProperty("version", "1");
        fresh.setProperty("cluster.id", clusterId);
        fresh.setProperty("node.id", Integer.toString(nodeId));
        fresh.setProperty("directory.id", Uuid.randomUuid().toString());
        try {
            MetaProperties.write(path.resolve(META), fresh);
            meta = fresh;
        } catch (IOException e) {
            throw new UnusableException("log.dirs=" + path + ": can't be written to: " + e);
        }
    }

    /** directory.id; null when it is new. */
    @Nullable
    String id() {
        return meta == null ? null : meta.getProperty("directory.id");
    }

    /** The directories of this node as they were noted here, by path: directory.id. */
    Map<String, String> noted() {
        Map<String, String> noted = new TreeMap<>();
        if (meta != null) {
            for (String key : meta.stringPropertyNames()) {
                if (key.startsWith(NOTED_PREFIX)) {
                    noted.put(meta.getProperty(key), key.substring(NOTED_PREFIX.length()));
                }
            }
        }
        return noted;
    }

    /** Notes the directories of this node, by path. After {@link #claim}. */
    void note(Map<String, String> directories) throws IOException {
        Properties current = Objects.requireNonNull(meta);
        if (directories.equals(noted())) {
            return;
        }
        Properties next = new Properties();
        current.stringPropertyNames().stream()
                .filter(key -> !key.startsWith(NOTED_PREFIX))
                .forEach(key -> next.setProperty(key, current.getProperty(key)));
        directories.forEach((path, id) -> next.setProperty(NOTED_PREFIX + id, path));
        MetaProperties.write(path.resolve(META), next);
        meta = next;
    }

    @Override
    public void close() {
        close(lockFile);
    }

    private static void close(@Nullable FileChannel lockFile) {
        if (lockFile == null) {
            return;
        }
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
