package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the partitions of topics that are gone, and has those of the same name wait that come after them. Any thread. */
final class PartitionDeletion {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionDeletion.class);

    private final LogDirectories directories;
    private final Executor diskPool;
    private final LogDirMoves moves;
    private final PartitionOpening opening;

    /** By the name of the directory. */
    private final Map<String, CompletableFuture<Void>> deletions = new ConcurrentHashMap<>();

    PartitionDeletion(LogDirectories directories, Executor diskPool, LogDirMoves moves, PartitionOpening opening) {
        this.directories = directories;
        this.diskPool = diskPool;
        this.moves = moves;
        this.opening = opening;
    }

    /** @param done is run on any thread when nothing of the partition is left, or nothing that can be removed */
    void delete(Partition partition, Runnable done) {
        String name = DirectoryNames.of(partition.id());
        CompletableFuture<Void> gone = new CompletableFuture<>();
        deletions.put(name, gone);
        partition
                .loop()
                .execute(() -> partition.retire(log -> moves.end(
                        partition,
                        true,
                        () -> diskPool.execute(() -> {
                            try {
                                delete(partition.id(), log);
                            } finally {
                                deletions.remove(name, gone);
                                gone.complete(null);
                                done.run();
                            }
                        }))));
    }

    private void delete(TopicIdPartition id, @Nullable PartitionLog log) {
        LogDirectories.Place place = directories.forget(id);
        opening.onDeleted(id);
        if (place != null && directories.isOffline(place.disk())) {
            LOG.warn("directory of a deleted topic is offline and stays there directory={}", place.description());
            return;
        }
        try {
            if (log != null) {
                log.delete(diskPool);
            } else if (place != null) {
                LogDirectories.delete(place);
            }
        } catch (IOException e) {
            LOG.error(
                    "directory of a deleted topic can't be removed partition={} error={}",
                    id.topicPartition(),
                    e.toString());
        }
    }

    /** A topic may be created again while its predecessor of the same name is still being deleted. */
    void afterDeletion(TopicIdPartition id, Runnable task) {
        CompletableFuture<Void> deletion = deletions.get(DirectoryNames.of(id));
        if (deletion == null) {
            task.run();
        } else {
            deletion.thenRun(task);
        }
    }

    /** Of an earlier life of the broker, and of no use. */
    void discard(LogDirectories.Place place) {
        diskPool.execute(() -> {
            try {
                LogDirectories.delete(place);
            } catch (IOException e) {
                LOG.error("directory can't be deleted directory={} error={}", place.description(), e.toString());
            }
        });
    }
}
