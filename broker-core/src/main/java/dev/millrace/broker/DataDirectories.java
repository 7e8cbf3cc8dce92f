package dev.millrace.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;

/**
 * All of log.dirs that can be used, held by this process alone and belonging to one node of one cluster. The one that holds the
 * metadata log notes which there are, so that one which comes back empty, most often for want of a mount, is not taken for new.
 */
final class DataDirectories implements AutoCloseable {

    private final Map<Path, DataDirectory> directories = new LinkedHashMap<>();
    private final Map<Path, ConfigException> unusable = new LinkedHashMap<>();
    private final Path metadataLogDir;
    private final String clusterId;

    /**
     * Opens them; new ones become this node's, of a new cluster when all are.
     *
     * @param metadataLogDir the one of them that there is no doing without
     * @throws ConfigException when that one can't be used, or any is in use or is another node's; none is held then
     */
    DataDirectories(Collection<Path> paths, Path metadataLogDir, int nodeId) {
        this.metadataLogDir = metadataLogDir;
        try {
            paths.forEach(this::open);
            DataDirectory noting = Objects.requireNonNull(directories.get(metadataLogDir));
            Map<String, String> noted = noting.noted();
            for (Path path : paths) {
                String id = noted.get(path.toString());
                DataDirectory directory = directories.get(path);
                if (id != null && directory != null && directory.clusterId() == null) {
                    directories.remove(path);
                    directory.close();
                    unusable.put(path, emptied(path, id));
                }
            }
            this.clusterId = directories.values().stream()
                    .map(DataDirectory::clusterId)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseGet(() -> Uuid.randomUuid().toString());
            paths.forEach(path -> claim(path, nodeId));
            note(noting, noted);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The id of the directory that the metadata's log is in (KIP-853); zero for one that was made without. */
    Uuid metadataDirectoryId() {
        String id = Objects.requireNonNull(directories.get(metadataLogDir)).id();
        return id == null ? Uuid.ZERO_UUID : Uuid.fromString(id);
    }

    private static ConfigException emptied(Path path, String id) {
        return new DataDirectory.UnusableException("log.dirs=" + path + ": is empty, but was directory.id=" + id
                + " at the last start. Mount or restore it; to give its records up for lost, start once without it");
    }

    private void open(Path path) {
        try {
            directories.put(path, DataDirectory.open(path));
        } catch (DataDirectory.UnusableException e) {
            leaveOut(path, e);
        }
    }

    private void claim(Path path, int nodeId) {
        DataDirectory directory = directories.get(path);
        if (directory == null) {
            return;
        }
        try {
            directory.claim(clusterId, nodeId);
        } catch (DataDirectory.UnusableException e) {
            leaveOut(path, e);
            directories.remove(path);
            directory.close();
        }
    }

    private void leaveOut(Path path, DataDirectory.UnusableException cause) {
        if (path.equals(metadataLogDir)) {
            throw cause;
        }
        unusable.put(path, cause);
    }

    private void note(DataDirectory noting, Map<String, String> noted) {
        Map<String, String> now = new TreeMap<>();
        directories.forEach((path, directory) -> {
            String id = directory.id();
            if (id != null) {
                now.put(path.toString(), id);
            }
        });
        for (Path path : unusable.keySet()) {
            String id = noted.get(path.toString());
            if (id != null) {
                now.put(path.toString(), id);
            }
        }
        if (now.size() < 2 && noted.isEmpty()) {
            // There is no other that could be missing.
            return;
        }
        try {
            noting.note(now);
        } catch (IOException e) {
            throw new ConfigException("log.dirs=" + metadataLogDir + ": can't be written to: " + e);
        }
    }

    String clusterId() {
        return clusterId;
    }

    /** Those that the broker has to do without, and why. */
    Map<Path, ConfigException> unusable() {
        return unusable;
    }

    @Override
    public void close() {
        directories.values().forEach(DataDirectory::close);
    }
}
