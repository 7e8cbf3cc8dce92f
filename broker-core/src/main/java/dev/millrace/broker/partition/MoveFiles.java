package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.partition.LogDirectories.Place;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a {@link LogDirMove} has done to files, one thing after the other. On the disk pool only. */
final class MoveFiles {

    private static final Logger LOG = LoggerFactory.getLogger(MoveFiles.class);

    private final TopicIdPartition id;
    private final Place place;
    private final Disk source;
    private final LogDirMove.Environment environment;

    MoveFiles(TopicIdPartition id, Place place, Disk source, LogDirMove.Environment environment) {
        this.id = id;
        this.place = place;
        this.source = source;
        this.environment = environment;
    }

    @Nullable
    IOException make() {
        try {
            FutureReplica.make(place, id);
            place.disk().syncDirectory("");
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    /** What came of a step. */
    record Step(
            @Nullable FutureReplica replica,
            PartitionLog from,
            int bytes,
            @Nullable Exception error) {}

    Step step(@Nullable FutureReplica open, PartitionLog from, long end, int bytesMax, long nowMs) {
        FutureReplica current = open;
        try {
            if (current != null && current.copy().source() != from) {
                close(current);
                current = null;
            }
            if (current == null) {
                current = FutureReplica.open(place, source, id, from, end, nowMs);
            }
            int bytes = current.copy().step(bytesMax, nowMs);
            if (bytes == 0) {
                current.prepareSwap();
            }
            return new Step(current, from, bytes, null);
        } catch (IOException | RuntimeException e) {
            return new Step(current, from, 0, e);
        }
    }

    /** @param remover of the old log's files */
    void finishSwap(FutureReplica swapped, PartitionLog old, Executor remover) {
        try {
            swapped.finishSwap(old, remover);
        } catch (IOException e) {
            // The next start goes on with it; the mark tells which is the older one.
            LOG.warn(
                    "directory that a partition has moved from can't be removed now partition={} logDir={} error={}",
                    id.topicPartition(),
                    source.describe(""),
                    e.toString());
            failIfAtFault(source, e);
        }
    }

    void close(FutureReplica open) {
        try {
            open.copy().log().close();
        } catch (IOException e) {
            // The next one who opens it recovers it, or the disk has failed and somebody finds out.
            LOG.warn("copy can't be closed cleanly directory={} error={}", place.description(), e.toString());
        }
    }

    void delete(@Nullable FutureReplica open, Executor diskPool) {
        try {
            if (open != null) {
                open.delete(diskPool);
            } else if (place.disk().exists(place.directory())) {
                LogDirectories.delete(place);
            }
        } catch (DiskFullException e) {
            LOG.warn("copy can't be deleted directory={} error={}", place.description(), e.toString());
        } catch (IOException e) {
            LOG.error("copy can't be deleted directory={} error={}", place.description(), e.toString());
            failIfAtFault(place.disk(), e);
        }
    }

    private void failIfAtFault(Disk disk, IOException e) {
        if (StorageFault.of(e) == StorageFault.DIRECTORY) {
            environment.failDirectory(disk, e);
        }
    }
}
