package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.machine.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens logs, and decides what happens when one fails: a log that is at fault itself is opened afresh after a while; a directory
 * that is at fault goes offline with all that lies in it, and the others go on (KIP-112). Any thread; opening is the disk
 * pool's.
 */
final class PartitionOpening {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionOpening.class);

    private static final long REOPEN_DELAY_MS_MIN = 1_000;
    private static final long REOPEN_DELAY_MS_MAX = 30_000;

    /** A file that is written now and then, to see whether that is possible. */
    private static final String PROBE = ".millrace-probe";

    private final LogDirectories directories;
    private final Executor diskPool;
    private final Supplier<Collection<Partition>> partitions;
    private final LogDirMoves moves;
    private final FullDisks fullDisks = new FullDisks();
    private volatile LogDirFailures listener = LogDirFailures.NONE;

    PartitionOpening(
            LogDirectories directories,
            Executor diskPool,
            Supplier<Collection<Partition>> partitions,
            LogDirMoves moves) {
        this.directories = directories;
        this.diskPool = diskPool;
        this.partitions = partitions;
        this.moves = moves;
    }

    void tell(LogDirFailures newListener) {
        listener = newListener;
    }

    /** What a partition tells of its disk. */
    StorageEvents events(PartitionConfig config) {
        return new StorageEvents() {
            @Override
            public void onFailure(Partition partition, PartitionLog failedLog, Exception cause) {
                PartitionOpening.this.onFailure(partition, failedLog, config, cause);
            }

            @Override
            public void onLog(Partition partition, @Nullable PartitionLog log) {
                moves.onLog(partition, log);
            }

            @Override
            public void onFull(Partition partition, Exception cause) {
                fullDisks.onFull(
                        partition.id().topicPartition(),
                        String.valueOf(cause.getMessage()),
                        partition.loop().nowMs());
            }

            @Override
            public void onRoom(Partition partition) {
                fullDisks.onRoom(partition.id().topicPartition());
            }
        };
    }

    void onDeleted(TopicIdPartition id) {
        fullDisks.onRoom(id.topicPartition());
    }

    /**
     * Opens the log of a partition and hands it over on the partition's loop. On the disk pool.
     *
     * @param isNew whether the partition was made since the broker started
     * @param ready is run when the partition serves, or can't for now
     */
    void open(Partition partition, PartitionConfig config, boolean isNew, Runnable ready) {
        open(partition, config, isNew, ready, REOPEN_DELAY_MS_MIN);
    }

    private void open(Partition partition, PartitionConfig config, boolean isNew, Runnable ready, long retryDelayMs) {
        boolean isFound = directories.isKnown(partition.id());
        LogDirectories.Place place = null;
        PartitionLog log;
        try {
            place = directories.choose(partition.id(), isNew);
            LogDirectories.prepare(place, partition.id());
            log = PartitionLog.open(
                    place.disk(),
                    place.directory(),
                    config.log(),
                    partition.loop().nowMs());
        } catch (IOException | RuntimeException e) {
            boolean offline = isOfflineAfter(partition.id(), place, isFound, e);
            partition.loop().execute(() -> {
                partition.onOpenFailed(offline);
                ready.run();
                if (!offline) {
                    scheduleOpen(partition, config, isNew, retryDelayMs);
                }
            });
            return;
        }
        partition.loop().execute(() -> {
            partition.onOpened(log);
            ready.run();
        });
    }

    /** Whether it is of no use to try again. A partition that was just being made finds another directory. */
    private boolean isOfflineAfter(
            TopicIdPartition id, LogDirectories.@Nullable Place place, boolean isFound, Exception cause) {
        if (place == null) {
            LOG.error("partition offline partition={} reason={}", id.topicPartition(), cause.getMessage());
            return true;
        }
        if (!isFound) {
            directories.forget(id);
        }
        if (StorageFault.of(cause) == StorageFault.DIRECTORY) {
            failDirectory(place.disk(), cause);
            return isFound || directories.alive().isEmpty();
        }
        LOG.error("partition can't be opened partition={} error={}", id.topicPartition(), cause.toString());
        LOG.debug("partition can't be opened partition={}", id.topicPartition(), cause);
        return false;
    }

    private void scheduleOpen(Partition partition, PartitionConfig config, boolean isNew, long delayMs) {
        Loop loop = partition.loop();
        loop.schedule(loop.nowMs() + delayMs, () -> {
            if (partition.startReopening()) {
                diskPool.execute(
                        () -> open(partition, config, isNew, () -> {}, Math.min(2 * delayMs, REOPEN_DELAY_MS_MAX)));
            }
        });
    }

    private void onFailure(Partition partition, PartitionLog failedLog, PartitionConfig config, Exception cause) {
        Disk disk = directories.diskOf(partition.id());
        if (StorageFault.of(cause) == StorageFault.DIRECTORY && disk != null) {
            diskPool.execute(failedLog::abandon);
            failDirectory(disk, cause);
            return;
        }
        LOG.error(
                "partition out of service partition={} error={} action=open it afresh",
                partition.id().topicPartition(),
                cause.toString());
        diskPool.execute(() -> {
            Partitions.close(partition.id(), failedLog);
            partition.loop().execute(() -> scheduleOpen(partition, config, false, REOPEN_DELAY_MS_MIN));
        });
    }

    /** Takes a directory offline, and every partition in it. */
    void failDirectory(Disk disk, Throwable cause) {
        if (!directories.takeOffline(disk)) {
            return;
        }
        List<String> alive =
                directories.alive().stream().map(one -> one.describe("")).toList();
        LOG.error(
                "log dir offline logDir={} error={} alive={} remedy=mend or replace its disk, then restart the broker; until"
                        + " then its partitions answer KAFKA_STORAGE_ERROR",
                disk.describe(""),
                cause.toString(),
                alive);
        LOG.debug("log dir offline logDir={}", disk.describe(""), cause);
        for (Partition partition : partitions.get()) {
            if (disk.equals(directories.diskOf(partition.id()))) {
                partition.loop().execute(partition::onDirectoryFailed);
            }
        }
        moves.onDirectoryFailed(disk);
        listener.onFailure(disk.describe(""), alive);
    }

    /** Finds out whether each directory is still there and can be written. Blocks on the disks. */
    void probe() {
        for (Disk disk : directories.alive()) {
            try (DiskFile file = disk.open(PROBE, true)) {
                file.write(ByteBuffer.wrap(new byte[] {1}), 0);
            } catch (IOException e) {
                if (StorageFault.of(e) == StorageFault.DIRECTORY) {
                    failDirectory(disk, e);
                }
            }
        }
    }
}
