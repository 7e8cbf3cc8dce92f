package dev.millrace.broker.partition;

import dev.millrace.broker.log.LogCopy;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.partition.LogDirectories.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition on its way to another of log.dirs. The bytes are copied on the disk pool, one step at a time; between two steps
 * everything is decided on the partition's loop, and there the future replica takes the place of the present one as soon as it
 * lacks nothing.
 *
 * <pre>
 *   log open, cleaner away, turn ─▶ disk pool: step ─▶ … ─▶ disk pool: force, mark ─▶ loop: swap ─▶ disk pool: delete the old one
 *                 ▲                                  │                          │ records came in
 *                 └──────────────────────────────────┴──────────────────────────┘
 * </pre>
 */
final class LogDirMove {

    private static final Logger LOG = LoggerFactory.getLogger(LogDirMove.class);

    private static final long RETRY_DELAY_MS = 10_000;

    /** Not all at once: the pace may be changed meanwhile. */
    private static final long PACE_CHECK_MS = 1_000;

    /** While the log has nothing that could be copied, though its end is not reached. */
    private static final long IDLE_DELAY_MS = 100;

    /**
     * So often the end has got away between the disk pool and the loop, before what is missing is copied on the loop: no more
     * than producers may have appended in between.
     */
    private static final int CHASES_MAX = 5;

    private static final int LAST_BYTES_MAX = 1 << 18;

    private final Partition partition;
    private final Place place;
    private final Disk source;
    private final MoveFiles files;
    private final Environment environment;
    private final Executor diskPool;
    private final Loop loop;

    private @Nullable PartitionLog log;
    private long endAtOpening = Long.MAX_VALUE;
    private boolean undisturbed;
    private boolean busy;
    private volatile boolean ended;
    private boolean deleting;
    private int chases;
    private Loop.@Nullable Timer timer;
    private @Nullable String reported;
    private final List<Runnable> afterwards = new ArrayList<>();

    /** Written on the loop, read by those who describe it. */
    private volatile @Nullable FutureReplica replica;

    /** What the moves of a broker share. Called on the partition's loop. */
    interface Environment {

        /** Who copies when. */
        MoveTurns turns();

        /** Has the partition left alone by the cleaner; {@code quiet} is run once it is, on any thread. */
        void pauseCleaning(Partition partition, Runnable quiet);

        /** The move is over, whether it has come to its end or not; no file of it is open any more. */
        void onEnded(LogDirMove move);

        /** The future replica is the partition's. */
        void onSwapped(LogDirMove move);

        /** A disk is at fault. Any thread. */
        void failDirectory(Disk disk, Throwable cause);
    }

    LogDirMove(Partition partition, Place place, Disk source, Environment environment, Executor diskPool) {
        this.partition = partition;
        this.place = place;
        this.source = source;
        this.files = new MoveFiles(partition.id(), place, source, environment);
        this.environment = environment;
        this.diskPool = diskPool;
        this.loop = partition.loop();
    }

    Partition partition() {
        return partition;
    }

    /** Whether it is through, or was given up. Any thread. */
    boolean isOver() {
        return ended;
    }

    /** Where it goes. */
    Disk target() {
        return place.disk();
    }

    /** The bytes of the copy. Any thread. */
    long sizeInBytes() {
        FutureReplica open = replica;
        return open == null ? 0 : open.copy().log().sizeInBytes();
    }

    /** How many offsets the copy lacks. Any thread. */
    long lag() {
        FutureReplica open = replica;
        Standing.Leading leading = partition.leadingOrNull();
        return open != null
                ? open.copy().lag()
                : leading != null ? leading.log().logEndOffset() : -1;
    }

    /**
     * Begins.
     *
     * @param made is run on the loop once there is something that a restart would go on with; or is told why not
     */
    void begin(PartitionLog openLog, Consumer<@Nullable IOException> made) {
        log = openLog;
        busy = true;
        diskPool.execute(() -> {
            IOException error = files.make();
            loop.execute(() -> {
                busy = false;
                made.accept(error);
                if (ended) {
                    finish();
                } else {
                    goOn();
                }
            });
        });
    }

    /** After a restart, at which its future replica was found. */
    void goOn() {
        environment.pauseCleaning(
                partition,
                () -> loop.execute(() -> {
                    undisturbed = true;
                    proceed();
                }));
    }

    /** The partition's log is open, or not any more. Before anything is appended to it. */
    void onLog(@Nullable PartitionLog newLog) {
        log = newLog;
        if (newLog != null) {
            endAtOpening = Math.min(endAtOpening, newLog.logEndOffset());
            proceed();
        } else if (!busy) {
            letGo();
        }
    }

    private void letGo() {
        environment.turns().leave(this);
        FutureReplica open = replica;
        if (open != null) {
            busy = true;
            diskPool.execute(() -> {
                files.close(open);
                loop.execute(() -> {
                    replica = null;
                    busy = false;
                    if (ended) {
                        finish();
                    } else {
                        proceed();
                    }
                });
            });
        }
    }

    private void proceed() {
        if (busy || ended || !undisturbed || timer != null || log == null) {
            return;
        }
        if (!environment.turns().enter(this, () -> loop.execute(this::proceed))) {
            return;
        }
        long dueMs = environment.turns().nextStepMs();
        if (dueMs > loop.nowMs()) {
            waitUntil(Math.min(dueMs, loop.nowMs() + PACE_CHECK_MS));
            return;
        }
        PartitionLog from = log;
        FutureReplica open = replica;
        long nowMs = loop.nowMs();
        int bytesMax = environment.turns().stepBytes();
        long end = endAtOpening;
        busy = true;
        diskPool.execute(() -> {
            MoveFiles.Step step = files.step(open, from, end, bytesMax, nowMs);
            loop.execute(() -> onStepped(step));
        });
    }

    private void waitUntil(long untilMs) {
        timer = loop.schedule(untilMs, () -> {
            timer = null;
            proceed();
        });
    }

    private void onStepped(MoveFiles.Step step) {
        busy = false;
        replica = step.replica();
        environment.turns().onCopied(step.bytes(), loop.nowMs());
        if (ended) {
            finish();
        } else if (log == null) {
            letGo();
        } else if (log != step.from()) {
            proceed(); // whatever happened, it was to a log that is not there any more
        } else if (step.error() != null || step.replica() == null) {
            onFailure(Objects.requireNonNull(step.error()));
        } else {
            endAtOpening = Long.MAX_VALUE; // it was looked at: from now on the copy has nothing that the log has not
            if (step.bytes() == 0) {
                trySwap(step.replica());
            } else {
                proceed();
            }
        }
    }

    private void trySwap(FutureReplica open) {
        try {
            if (!open.isReady() && ++chases > CHASES_MAX) {
                copyTheRest(open);
            }
            if (open.isReady()) {
                swap(open);
                return;
            }
        } catch (IOException | RuntimeException e) {
            onFailure(e);
            return;
        }
        if (chases > CHASES_MAX) {
            waitUntil(loop.nowMs() + IDLE_DELAY_MS);
        } else {
            proceed();
        }
    }

    private static void copyTheRest(FutureReplica open) throws IOException {
        int bytes = 0;
        int copied = 1;
        while (copied > 0 && bytes < LAST_BYTES_MAX) {
            copied = open.copy().step(LAST_BYTES_MAX, 0);
            bytes += copied;
        }
    }

    private void swap(FutureReplica open) {
        PartitionLog moved;
        try {
            moved = open.swap();
        } catch (IOException e) {
            onSwapFailed(open, e);
            return;
        }
        PartitionLog old = partition.replaceLog(moved);
        ended = true;
        busy = true;
        environment.turns().leave(this);
        environment.onSwapped(this);
        LOG.info(
                "partition moved partition={} from={} to={} logEndOffset={}",
                partition.id().topicPartition(),
                source.describe(""),
                target().describe(""),
                moved.logEndOffset());
        long deleteAtMs = loop.nowMs() + partition.config().log().fileDeleteDelayMs();
        diskPool.execute(() -> {
            files.finishSwap(open, old, task -> loop.schedule(deleteAtMs, () -> diskPool.execute(task)));
            loop.execute(() -> {
                replica = null;
                onOver();
            });
        });
    }

    /** The rename may have come through all the same: then nothing may say any more that it counts. */
    private void onSwapFailed(FutureReplica open, IOException cause) {
        try {
            open.revokeSwap();
        } catch (IOException e) {
            environment.failDirectory(source, e);
        }
        onFailure(cause);
    }

    private void onFailure(Exception error) {
        StorageFault fault = StorageFault.of(error);
        boolean ofSource = error instanceof LogCopy.SourceFailedException;
        String message = error.getMessage() == null ? error.toString() : error.getMessage();
        if (!message.equals(reported)) {
            reported = message;
            LOG.warn(
                    "partition can't be moved for now partition={} to={} retryMs={} error={}",
                    partition.id().topicPartition(),
                    target().describe(""),
                    RETRY_DELAY_MS,
                    error.toString());
            LOG.debug(
                    "partition can't be moved for now partition={}",
                    partition.id().topicPartition(),
                    error);
        }
        if (fault == StorageFault.DIRECTORY) {
            environment.failDirectory(ofSource ? source : target(), error);
        }
        environment.turns().leave(this);
        waitUntil(loop.nowMs() + RETRY_DELAY_MS);
        if (fault == StorageFault.LOG && !ofSource) {
            letGo(); // and open it afresh
        }
    }

    /**
     * Ends it before it is through.
     *
     * @param delete whether the copy is not wanted any more
     * @param then is run on the loop when none of its files is open
     */
    void end(boolean delete, Runnable then) {
        afterwards.add(then);
        deleting |= delete;
        if (!ended) {
            ended = true;
            environment.turns().leave(this);
            if (timer != null) {
                timer.cancel();
            }
            if (!busy) {
                finish();
            }
        }
    }

    /** The directory that it goes to has failed: its files are let go of, and left to the next start. */
    void abandon() {
        FutureReplica open = replica;
        if (open != null) {
            diskPool.execute(open.copy().log()::abandon);
        }
        end(false, () -> {});
    }

    private void finish() {
        FutureReplica open = replica;
        boolean delete = deleting;
        busy = true;
        diskPool.execute(() -> {
            if (delete) {
                files.delete(open, diskPool);
            } else if (open != null) {
                files.close(open);
            }
            loop.execute(() -> {
                replica = null;
                onOver();
            });
        });
    }

    private void onOver() {
        environment.onEnded(this);
        List.copyOf(afterwards).forEach(Runnable::run);
        afterwards.clear();
    }
}
