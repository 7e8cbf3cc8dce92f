package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.metadata.BrokerConfigLayers;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ImageChange;
import dev.millrace.broker.metadata.ImageSubscriber;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.metadata.TopicImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that this broker holds. Follows the cluster's image: opens, configures and deletes logs, and hands
 * partitions to the loops that own them. Reading is for any thread; the image changes on the metadata loop.
 */
public final class Partitions implements ImageSubscriber {

    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);

    /** A directory that is removed or made read-only under files that are open shows only when somebody looks. */
    private static final long PROBE_INTERVAL_MS = 10_000;

    private final PartitionSettings settings;
    private final LogDirectories directories;
    private final List<Loop> loops;
    private final Executor diskPool;
    private final Map<String, PartitionListener> listeners = new HashMap<>();
    private final Map<Uuid, Partition[]> byTopic = new ConcurrentHashMap<>();
    private final LogCleaner cleaner;
    private final LogDirMoves moves;
    private final PartitionOpening opening;
    private final PartitionDeletion deletion;
    private boolean first = true;
    private volatile boolean closing;

    /**
     * @param logDirs one for each of log.dirs
     * @param loops that own partitions; each partition stays on one of them
     * @param diskPool where logs are opened, closed and deleted
     */
    public Partitions(PartitionSettings settings, List<Disk> logDirs, List<Loop> loops, Executor diskPool) {
        this.settings = settings;
        this.directories = new LogDirectories(logDirs);
        this.loops = List.copyOf(loops);
        this.diskPool = diskPool;
        this.cleaner = new LogCleaner(settings.cleaner(), this.loops.get(0), diskPool, this::all);
        int movesMax = settings.movesMax() == 0 ? logDirs.size() : settings.movesMax();
        this.moves = new LogDirMoves(directories, new MoveTurns(movesMax), cleaner, diskPool, this::failLogDir);
        this.opening = new PartitionOpening(directories, diskPool, this::all, moves);
        this.deletion = new PartitionDeletion(directories, diskPool, moves, opening);
    }

    /** Has the failures of log.dirs told. Before {@link #start}. */
    public void onLogDirFailure(LogDirFailures listener) {
        opening.tell(listener);
    }

    /** One of log.dirs can not be used, from the start of the broker on or from now on. Any thread. */
    public void failLogDir(Disk disk, Throwable cause) {
        opening.failDirectory(disk, cause);
    }

    /** Has the partitions of a topic followed, by one listener. Before {@link #start}. */
    public void listen(String topic, PartitionListener listener) {
        listeners.put(topic, listener);
    }

    /**
     * Looks at the disks and begins the regular work on them. Before the first image; blocks on the disk. A disk that can't be
     * read is left out.
     */
    public void start() {
        for (Disk disk : directories.alive()) {
            try {
                directories.scan(disk).forEach(deletion::discard);
            } catch (IOException e) {
                opening.failDirectory(disk, e);
            }
        }
        directories.settle(opening::failDirectory).forEach(deletion::discard);
        for (Loop loop : loops) {
            scheduleRetention(loop);
        }
        scheduleProbe(loops.get(0));
        cleaner.start();
    }

    private void scheduleProbe(Loop loop) {
        loop.schedule(loop.nowMs() + PROBE_INTERVAL_MS, () -> {
            if (!closing) {
                diskPool.execute(opening::probe);
                scheduleProbe(loop);
            }
        });
    }

    /** Cleans compacted logs so from now on. Any thread. */
    public void clean(CleanerSettings newSettings) {
        cleaner.configure(newSettings);
    }

    /** The partitions on their way from one of log.dirs to another. */
    public LogDirMoves moves() {
        return moves;
    }

    /** Null when this broker does not hold the partition. */
    public @Nullable Partition find(Uuid topicId, int partition) {
        Partition[] partitions = byTopic.get(topicId);
        return partitions == null || partition < 0 || partition >= partitions.length ? null : partitions[partition];
    }

    /** All partitions that this broker holds. */
    public Collection<Partition> all() {
        List<Partition> all = new ArrayList<>();
        for (Partition[] partitions : byTopic.values()) {
            for (Partition partition : partitions) {
                if (partition != null) {
                    all.add(partition);
                }
            }
        }
        return all;
    }

    /** The log directory of a partition, as the operator knows it; null when it has none yet. */
    public @Nullable String logDirOf(TopicIdPartition id) {
        Disk disk = directories.diskOf(id);
        return disk == null ? null : disk.describe("");
    }

    /** Whether this broker holds the partition in a directory that has failed (KIP-112). */
    public boolean isOffline(Uuid topicId, int partition) {
        Partition held = find(topicId, partition);
        return held != null && held.isOffline();
    }

    /** Those of {@link #logDirs} that have failed. */
    public List<String> offlineLogDirs() {
        return directories.disks().stream()
                .filter(directories::isOffline)
                .map(disk -> disk.describe(""))
                .toList();
    }

    /** Those of {@link #logDirs} that get no new partitions (KIP-1066). */
    public List<String> cordonedLogDirs() {
        return directories.disks().stream()
                .filter(directories::isCordoned)
                .map(disk -> disk.describe(""))
                .toList();
    }

    /** log.dirs, as the operator knows them. */
    public List<String> logDirs() {
        return directories.disks().stream().map(disk -> disk.describe("")).toList();
    }

    /** The space of each of log.dirs, by {@link #logDirs name}; unknown where it can't be asked. May block on a disk. */
    public Map<String, Disk.Space> spaces() {
        Map<String, Disk.Space> spaces = new LinkedHashMap<>();
        for (Disk disk : directories.alive()) {
            Disk.Space space = Disk.Space.UNKNOWN;
            try {
                space = disk.space();
            } catch (IOException e) {
                LOG.warn("space unknown logDir={} error={}", disk.describe(""), e.getMessage());
            }
            spaces.put(disk.describe(""), space);
        }
        return spaces;
    }

    @Override
    public void onImage(ImageChange change, Runnable ready) {
        Countdown countdown = new Countdown(ready);
        ClusterImage after = change.after();
        directories.cordon(settings.cordonedLogDirs().of(after, settings.nodeId()));
        if (first) {
            warnOfLosses(after);
        }
        BrokerConfigLayers brokerConfigs = BrokerConfigLayers.of(after, settings.nodeId(), settings.brokerConfigs());
        for (Uuid id : change.changedTopics()) {
            TopicImage topic = after.topic(id);
            if (topic == null) {
                delete(id, countdown);
            } else {
                update(topic, brokerConfigs, countdown);
            }
        }
        if (change.brokerConfigsChanged()) {
            for (Uuid id : byTopic.keySet()) {
                TopicImage topic = after.topic(id);
                if (topic != null && !change.changedTopics().contains(id)) {
                    update(topic, brokerConfigs, countdown);
                }
            }
        }
        if (first) {
            warnOfStrays(after);
            first = false;
        }
        countdown.release();
    }

    /** Nothing is deleted that nobody asked to delete: the metadata may be what was lost. */
    private void warnOfStrays(ClusterImage image) {
        List<String> strays = directories.strays((name, partition) -> {
            TopicImage topic = image.topic(name);
            return topic != null && topic.partition(partition) != null;
        });
        if (!strays.isEmpty()) {
            LOG.warn("directories of no known topic are left alone; delete or move them directories={}", strays);
        }
    }

    /** What was there at an earlier start and is in none of log.dirs begins empty, but not in silence. */
    private void warnOfLosses(ClusterImage image) {
        List<String> lost = new ArrayList<>();
        for (TopicImage topic : image.topics()) {
            for (PartitionImage partition : topic.partitions()) {
                TopicIdPartition id = id(topic, partition);
                if (partition.replicas().contains(settings.nodeId()) && !directories.isKnown(id)) {
                    lost.add(DirectoryNames.of(id));
                }
            }
        }
        if (!lost.isEmpty() && directories.areComplete()) {
            LOG.warn(
                    "partitions are in none of log.dirs and begin empty; if they had records, put back the directory that held"
                            + " them before anything is written, and restart logDirs={} partitions={}",
                    logDirs(),
                    lost);
        }
    }

    private static TopicIdPartition id(TopicImage topic, PartitionImage image) {
        return new TopicIdPartition(topic.id(), new TopicPartition(topic.name(), image.partition()));
    }

    private void update(TopicImage topic, BrokerConfigLayers brokerConfigs, Countdown countdown) {
        PartitionConfig config = PartitionConfig.of(topic.configs(), brokerConfigs, settings.producerIdExpirationMs());
        @Nullable Partition[] before = byTopic.getOrDefault(topic.id(), new Partition[0]);
        @Nullable Partition[] after = new @Nullable Partition[topic.partitions().size()];
        List<Partition> created = new ArrayList<>();
        for (PartitionImage image : topic.partitions()) {
            int number = image.partition();
            Partition existing = number < before.length ? before[number] : null;
            if (existing != null) {
                after[number] = existing;
                countdown.acquire();
                existing.loop().execute(() -> {
                    existing.onImage(image, config);
                    countdown.release();
                });
            } else if (image.replicas().contains(settings.nodeId())) {
                Partition partition = create(topic, image, config);
                after[number] = partition;
                created.add(partition);
                moves.onCreated(partition);
            }
        }
        byTopic.put(topic.id(), after);
        boolean isNew = !first;
        for (Partition partition : created) {
            countdown.acquire();
            Runnable open = () -> opening.open(partition, config, isNew, countdown::release);
            deletion.afterDeletion(partition.id(), () -> diskPool.execute(open));
        }
    }

    private Partition create(TopicImage topic, PartitionImage image, PartitionConfig config) {
        TopicIdPartition id = id(topic, image);
        return new Partition(
                id,
                settings.nodeId(),
                loopOf(id),
                diskPool,
                listeners.getOrDefault(topic.name(), PartitionListener.NONE),
                image,
                config,
                opening.events(config));
    }

    private Loop loopOf(TopicIdPartition id) {
        // Neighbours go to different loops, so that a topic's partitions share the work whatever its id hashes to.
        return loops.get(Math.floorMod(id.topicId().hashCode() + id.partition(), loops.size()));
    }

    static void close(TopicIdPartition id, PartitionLog log) {
        try {
            log.close();
        } catch (IOException e) {
            LOG.error("log can't be closed cleanly partition={} error={}", id.topicPartition(), e.toString());
        }
    }

    private void delete(Uuid topicId, Countdown countdown) {
        Partition[] partitions = byTopic.remove(topicId);
        if (partitions == null) {
            return;
        }
        for (Partition partition : partitions) {
            if (partition != null) {
                countdown.acquire();
                deletion.delete(partition, countdown::release);
            }
        }
    }

    private void scheduleRetention(Loop loop) {
        loop.schedule(loop.nowMs() + settings.retentionCheckIntervalMs(), () -> {
            if (!closing) {
                all().stream()
                        .filter(partition -> partition.loop() == loop)
                        .forEach(partition -> partition.retention().retain());
                scheduleRetention(loop);
            }
        });
    }

    /**
     * Ends the service of all partitions and closes their logs, many at a time.
     *
     * @param closed is run when all are closed, on any thread
     */
    public void close(Runnable closed) {
        closing = true;
        cleaner.stop();
        Countdown countdown = new Countdown(closed);
        for (Partition partition : all()) {
            countdown.acquire();
            partition
                    .loop()
                    .execute(() -> partition.retire(log -> moves.end(partition, false, () -> {
                        if (log == null) {
                            countdown.release();
                        } else {
                            diskPool.execute(() -> {
                                close(partition.id(), log);
                                countdown.release();
                            });
                        }
                    })));
        }
        byTopic.clear();
        countdown.release();
    }

    /** Runs something once everything that was acquired is released; begins with one acquired. */
    private static final class Countdown {
        private final AtomicInteger outstanding = new AtomicInteger(1);
        private final Runnable done;

        Countdown(Runnable done) {
            this.done = done;
        }

        void acquire() {
            outstanding.incrementAndGet();
        }

        void release() {
            if (outstanding.decrementAndGet() == 0) {
                done.run();
            }
        }
    }
}
