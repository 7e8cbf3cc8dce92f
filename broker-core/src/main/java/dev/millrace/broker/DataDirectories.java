package dev.millrace.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;

/** All of log.dirs, held by this process alone and belonging to one node of one cluster. */
final class DataDirectories implements AutoCloseable {

    private final List<DataDirectory> directories = new ArrayList<>();
    private final String clusterId;

    /**
     * Opens them; new ones become this node's, of a new cluster when all are.
     *
     * @throws ConfigException when one can't be had or is another node's; none is held then
     */
    DataDirectories(Collection<Path> paths, int nodeId) {
        try {
            paths.forEach(path -> directories.add(DataDirectory.open(path)));
            this.clusterId = directories.stream()
                    .map(DataDirectory::clusterId)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseGet(() -> Uuid.randomUuid().toString());
            directories.forEach(directory -> directory.claim(clusterId, nodeId));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    String clusterId() {
        return clusterId;
    }

    @Override
    public void close() {
        directories.forEach(DataDirectory::close);
    }
}
