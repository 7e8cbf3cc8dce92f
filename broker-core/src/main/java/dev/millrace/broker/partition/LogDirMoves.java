package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.partition.LogDirectories.Place;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.errors.ReplicaNotAvailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that move from one of log.dirs to another (KIP-113): who asked for it, and which are under way. A move begins
 * and ends on its partition's loop. What may be called from elsewhere says so.
 */
public final class LogDirMoves {

    private static final Logger LOG = LoggerFactory.getLogger(LogDirMoves.class);

    private final LogDirectories directories;
    private final Executor diskPool;
    private final MoveTurns turns;
    private final LogDirMove.Environment environment;
    private final Map<TopicIdPartition, LogDirMove> moves = new ConcurrentHashMap<>();
    private final AtomicLong begun = new AtomicLong();

    /** A future replica, for whoever describes it. */
    public record Description(String logDir, long sizeInBytes, long offsetLag) {}

    LogDirMoves(
            LogDirectories directories,
            MoveTurns turns,
            LogCleaner cleaner,
            Executor diskPool,
            BiConsumer<Disk, Throwable> failDirectory) {
        this.directories = directories;
        this.turns = turns;
        this.diskPool = diskPool;
        this.environment = new LogDirMove.Environment() {
            @Override
            public MoveTurns turns() {
                return turns;
            }

            @Override
            public void pauseCleaning(Partition partition, Runnable quiet) {
                cleaner.pause(partition, quiet);
            }

            @Override
            public void onEnded(LogDirMove move) {
                cleaner.resume(move.partition());
                directories.endMove(move.partition().id());
                moves.remove(move.partition().id(), move);
            }

            @Override
            public void onSwapped(LogDirMove move) {
                directories.onMoved(move.partition().id());
            }

            @Override
            public void failDirectory(Disk disk, Throwable cause) {
                failDirectory.accept(disk, cause);
            }
        };
    }

    /** How fast all moves together may copy: replica.alter.log.dirs.io.max.bytes.per.second. Any thread. */
    public void limit(long bytesPerSecond) {
        turns.configure(bytesPerSecond);
    }

    /**
     * Notes where a partition shall lie, in case that it is not there yet. Any thread.
     *
     * @throws org.apache.kafka.common.errors.ApiException when it can't lie there: INVALID_TOPIC_EXCEPTION,
     *     LOG_DIR_NOT_FOUND, KAFKA_STORAGE_ERROR, INVALID_REPLICA_ASSIGNMENT
     */
    public void wish(String logDir, String topic, int partition) {
        if (DirectoryNames.isTooLongToMove(topic, partition)) {
            throw new InvalidTopicException("The topic name is too long: " + topic);
        }
        directories.wish(topic, partition, open(logDir));
    }

    private Disk open(String logDir) {
        Disk disk = directories.named(logDir);
        if (disk == null) {
            throw new LogDirNotFoundException("The log dir " + logDir + " is none of log.dirs.");
        }
        if (directories.isOffline(disk)) {
            throw new KafkaStorageException("The log dir " + logDir + " is offline.");
        }
        if (directories.isCordoned(disk)) {
            throw new InvalidReplicaAssignmentException("The log dir " + logDir + " is cordoned.");
        }
        return disk;
    }

    /**
     * Begins to move a partition. One that lies there already stays; one that is on its way to elsewhere turns round. Any thread.
     *
     * @param ticket answered once the move is on record, or nothing is left to do
     */
    public void move(Partition partition, String logDir, Ticket<Boolean> ticket) {
        partition.loop().execute(() -> {
            LogDirMove running = moves.get(partition.id());
            Disk target = directories.named(logDir);
            if (partition.isOffline() || target == null || directories.isOffline(target)) {
                ticket.fail(new KafkaStorageException("The partition's log dir, or " + logDir + ", is offline."));
            } else if (running != null && running.isOver()) {
                running.end(false, () -> move(partition, logDir, ticket));
            } else if (running != null && !running.target().equals(target)) {
                LOG.info("move given up partition={}", partition.id().topicPartition());
                running.end(true, () -> move(partition, logDir, ticket));
            } else if (running != null || target.equals(directories.diskOf(partition.id()))) {
                ticket.answer(true);
            } else {
                begin(partition, target, ticket);
            }
        });
    }

    private void begin(Partition partition, Disk target, Ticket<Boolean> ticket) {
        TopicIdPartition id = partition.id();
        PartitionLog log = partition.openLog();
        Disk source = directories.diskOf(id);
        if (log == null || source == null) {
            ticket.fail(new ReplicaNotAvailableException("The log of " + id.topicPartition() + " is not open."));
            return;
        }
        if (!directories.areComplete()) {
            // Or there might be two future replicas one day: one that nobody can see is not known.
            ticket.fail(new KafkaStorageException(
                    id.topicPartition() + " can't be moved while one of log.dirs is offline."));
            return;
        }
        String name =
                DirectoryNames.future(DirectoryNames.of(id), partition.loop().nowMs(), begun.getAndIncrement());
        Place place = new Place(target, name);
        LogDirMove move = new LogDirMove(partition, place, source, environment, diskPool);
        moves.put(id, move);
        directories.beginMove(id, place);
        move.begin(log, error -> {
            if (error != null) {
                onNotMade(move, error, ticket);
                return;
            }
            LOG.info(
                    "partition begins to move partition={} from={} to={}",
                    id.topicPartition(),
                    source.describe(""),
                    target.describe(""));
            ticket.answer(true);
        });
    }

    private void onNotMade(LogDirMove move, IOException cause, Ticket<Boolean> ticket) {
        if (StorageFault.of(cause) == StorageFault.DIRECTORY) {
            environment.failDirectory(move.target(), cause);
        }
        move.end(true, () -> ticket.fail(new KafkaStorageException("The future replica can't be made: " + cause)));
    }

    /** A partition that is known since now: it may have been on its way when the broker stopped. Metadata loop. */
    void onCreated(Partition partition) {
        Place place = directories.futureOf(partition.id());
        Disk source = directories.diskOf(partition.id());
        if (place != null && source != null && !directories.isOffline(source)) {
            LogDirMove move = new LogDirMove(partition, place, source, environment, diskPool);
            moves.put(partition.id(), move);
            partition.loop().execute(move::goOn);
        }
    }

    /** As {@link StorageEvents#onLog}. */
    void onLog(Partition partition, @Nullable PartitionLog log) {
        LogDirMove move = moves.get(partition.id());
        if (move != null) {
            move.onLog(log);
        }
    }

    /** A disk has failed: nothing goes there any more. Any thread. */
    void onDirectoryFailed(Disk disk) {
        for (LogDirMove move : moves.values()) {
            if (move.target().equals(disk)) {
                move.partition().loop().execute(move::abandon);
            }
        }
    }

    /**
     * The partition goes. On its loop.
     *
     * @param delete whether for good
     * @param then is run on the loop when nothing of a move is left, or at once
     */
    void end(Partition partition, boolean delete, Runnable then) {
        LogDirMove move = moves.get(partition.id());
        if (move == null) {
            then.run();
        } else {
            move.end(delete, then);
        }
    }

    /** The future replica of a partition; null when it does not move. Any thread. */
    public @Nullable Description describe(TopicIdPartition id) {
        LogDirMove move = moves.get(id);
        return move == null || move.isOver()
                ? null
                : new Description(move.target().describe(""), move.sizeInBytes(), move.lag());
    }
}
