package dev.millrace.broker.partition;

import dev.millrace.broker.log.LogCleaning;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.compaction.DirtyRange;
import dev.millrace.broker.log.config.CleaningLimits;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.machine.Loop;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which compacted log is cleaned when: the dirtiest first, as many at a time as there may be, and as fast as they
 * may. It takes turns with itself: a log is looked at and cleaned in steps on the disk pool, and between two steps other work
 * gets its turn there. What is decided is decided on one loop, its home.
 *
 * <pre>
 *   home: tick ─▶ disk pool: find the dirtiest ─▶ home ─▶ the partition's loop: begin ─▶ disk pool: step ─▶ home ─▶ step…
 * </pre>
 */
final class LogCleaner {
    private static final Logger LOG = LoggerFactory.getLogger(LogCleaner.class);

    /** Of one step: short enough for a flush to wait for. */
    private static final int STEP_BYTES = 4 << 20;

    private static final double MS_PER_SECOND = 1000;
    private static final long PACE_CHECK_MS = 1_000;

    private final Loop home;
    private final Executor diskPool;
    private final Supplier<Collection<Partition>> partitions;

    // On the home loop only.
    private CleanerSettings settings;
    private Loop.@Nullable Timer nextTick;
    private final Set<Partition> busy = new HashSet<>();

    /** Of which a log is damaged: they are left alone until the broker starts again. */
    private final Set<Partition> uncleanable = new HashSet<>();

    /** Which must be left alone for now, and who waits for that while they are being cleaned. */
    private final Map<Partition, Runnable> paused = new HashMap<>();

    private boolean looking;
    private double nextStepMs;
    private boolean started;
    private boolean stopped;

    LogCleaner(CleanerSettings settings, Loop home, Executor diskPool, Supplier<Collection<Partition>> partitions) {
        this.settings = settings;
        this.home = home;
        this.diskPool = diskPool;
        this.partitions = partitions;
    }

    /** Begins to look at regular times. Any thread. */
    void start() {
        home.execute(() -> {
            started = true;
            beginTicking();
        });
    }

    /** What is under way keeps the limits that it began with, but for its pace. Any thread. */
    void configure(CleanerSettings newSettings) {
        home.execute(() -> {
            if (!newSettings.equals(settings)) {
                settings = newSettings;
                if (nextTick != null) {
                    nextTick.cancel();
                    nextTick = null;
                }
                nextStepMs = 0; // a pace that was slow must not be waited out
                beginTicking();
            }
        });
    }

    private void beginTicking() {
        if (started && settings.enabled() && settings.cleaningsMax() > 0) {
            tick();
        }
    }

    /**
     * Leaves a partition alone; what is under way is given up.
     *
     * @param quiet is run on the home loop once nothing is done to the partition any more
     */
    void pause(Partition partition, Runnable quiet) {
        home.execute(() -> {
            paused.put(partition, quiet);
            if (!busy.contains(partition)) {
                quiet.run();
            }
        });
    }

    /** The partition may be cleaned again. Any thread. */
    void resume(Partition partition) {
        home.execute(() -> paused.remove(partition));
    }

    /** What is under way ends with its step. Any thread. */
    void stop() {
        home.execute(() -> stopped = true);
    }

    private void tick() {
        if (!stopped) {
            nextTick = home.schedule(home.nowMs() + Math.max(1, settings.backoffMs()), this::tick);
            look();
        }
    }

    /** A log and what there is to clean of it. */
    private record Candidate(Partition partition, PartitionLog log, DirtyRange range) {}

    private void look() {
        if (stopped || looking || busy.size() >= settings.cleaningsMax()) {
            return;
        }
        looking = true;
        if (!uncleanable.isEmpty()) {
            uncleanable.retainAll(Set.copyOf(partitions.get()));
        }
        Set<Partition> skipped = new HashSet<>(busy);
        skipped.addAll(uncleanable);
        skipped.addAll(paused.keySet());
        long nowMs = home.nowMs();
        diskPool.execute(() -> {
            Candidate dirtiest = dirtiest(skipped, nowMs);
            home.execute(() -> onFound(dirtiest));
        });
    }

    private @Nullable Candidate dirtiest(Set<Partition> skipped, long nowMs) {
        Candidate dirtiest = null;
        for (Partition partition : partitions.get()) {
            Candidate candidate = skipped.contains(partition) ? null : candidate(partition, nowMs);
            if (candidate != null && (dirtiest == null || candidate.range.ratio() > dirtiest.range.ratio())) {
                dirtiest = candidate;
            }
        }
        return dirtiest;
    }

    private static @Nullable Candidate candidate(Partition partition, long nowMs) {
        PartitionLog log = partition.retention().cleanableLog();
        if (log == null) {
            return null;
        }
        try {
            DirtyRange range = log.dirtyRange(partition.highWatermark(), nowMs);
            return range.isDue(log.config().compaction()) ? new Candidate(partition, log, range) : null;
        } catch (IOException | RuntimeException e) {
            // It is being closed or truncated, or whoever reads it next meets the same and says so.
            LOG.debug("log can't be looked at partition={}", partition.id().topicPartition(), e);
            return null;
        }
    }

    private void onFound(@Nullable Candidate found) {
        looking = false;
        if (found == null || stopped || paused.containsKey(found.partition) || !busy.add(found.partition)) {
            return;
        }
        CleaningLimits limits = settings.limits();
        found.partition.loop().execute(() -> {
            LogCleaning cleaning = found.partition.retention().beginCleaning(found.log, found.range, limits);
            home.execute(() -> {
                if (cleaning == null) {
                    onEnded(found.partition, false);
                } else {
                    toNextStep(found.partition, cleaning);
                }
            });
        });
        look();
    }

    private void toNextStep(Partition partition, LogCleaning cleaning) {
        long dueMs = (long) Math.min(Long.MAX_VALUE, nextStepMs);
        if (stopped) {
            onEnded(partition, false); // the next start deletes what is half done
        } else if (paused.containsKey(partition)) {
            diskPool.execute(() -> {
                abandon(partition, cleaning);
                home.execute(() -> onEnded(partition, false));
            });
        } else if (dueMs > home.nowMs()) {
            // Not all at once: the pace may be changed meanwhile.
            home.schedule(Math.min(dueMs, home.nowMs() + PACE_CHECK_MS), () -> toNextStep(partition, cleaning));
        } else {
            diskPool.execute(() -> step(partition, cleaning));
        }
    }

    private void step(Partition partition, LogCleaning cleaning) {
        try {
            long bytes = cleaning.step(STEP_BYTES);
            home.execute(() -> onStepped(partition, cleaning, bytes));
        } catch (DiskFullException e) {
            LOG.warn(
                    "log can't be cleaned for want of room partition={} error={}",
                    partition.id().topicPartition(),
                    e.getMessage());
            abandon(partition, cleaning);
            home.execute(() -> onEnded(partition, false));
        } catch (IOException | RuntimeException e) {
            LOG.error(
                    "log can't be cleaned, and is left alone until the next start partition={} error={}",
                    partition.id().topicPartition(),
                    e.toString());
            LOG.debug("log can't be cleaned partition={}", partition.id().topicPartition(), e);
            abandon(partition, cleaning);
            home.execute(() -> {
                uncleanable.add(partition);
                onEnded(partition, false);
            });
        }
    }

    private void onStepped(Partition partition, LogCleaning cleaning, long bytes) {
        nextStepMs = Math.max(nextStepMs, (double) home.nowMs()) + MS_PER_SECOND * bytes / settings.bytesPerSecond();
        if (cleaning.isDone()) {
            onDone(partition, cleaning);
        } else {
            toNextStep(partition, cleaning);
        }
    }

    private void onDone(Partition partition, LogCleaning cleaning) {
        if (!cleaning.isAbandoned()) {
            LOG.info(
                    "log cleaned partition={} cleanedTo={} bytesBefore={} bytesAfter={}",
                    partition.id().topicPartition(),
                    cleaning.cleanedTo(),
                    cleaning.bytesBefore(),
                    cleaning.bytesAfter());
        }
        onEnded(partition, !cleaning.isAbandoned());
    }

    /** After a success there may be more to do, and it is not waited for. */
    private void onEnded(Partition partition, boolean lookAgain) {
        busy.remove(partition);
        Runnable quiet = paused.get(partition);
        if (quiet != null) {
            quiet.run();
        }
        if (lookAgain) {
            look();
        }
    }

    private static void abandon(Partition partition, LogCleaning cleaning) {
        try {
            cleaning.abandon();
        } catch (IOException e) {
            // The next start deletes what is left.
            LOG.warn(
                    "files of a cleaning can't be deleted partition={} error={}",
                    partition.id().topicPartition(),
                    e.toString());
        }
    }
}
