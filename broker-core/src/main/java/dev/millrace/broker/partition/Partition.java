package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.metadata.PartitionImage;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.UnknownLeaderEpochException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica of a partition on this broker, and its life: when it has a log, when it leads, how it fails and ends. What is
 * done to it while it leads is for its {@link #reads}, {@link #writes} and {@link #retention}.
 *
 * <p>Its loop is the only one that writes. Readers on other threads see what it has published: the standing (whether it
 * leads, in which term, on which log) and the high watermark. The methods say who may call them.
 */
public final class Partition {

    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);

    /** The value in a request that does not know the leader's term. */
    public static final int NO_EPOCH = -1;

    private final TopicIdPartition id;
    private final int nodeId;
    private final Loop loop;
    private final PartitionListener listener;
    private final Executor diskPool;
    private final StorageEvents storageEvents;
    private final PartitionReads reads = new PartitionReads(this);
    private final PartitionReplication replication;
    private final PartitionWrites writes;
    private final PartitionRetention retention;

    private volatile Standing standing = Standing.Absent.OPENING;

    private PartitionImage image;
    private PartitionConfig config;
    private @Nullable PartitionLog log;
    private @Nullable Consumer<@Nullable PartitionLog> retired;

    /** Whether the latest append found no room. */
    private boolean full;

    Partition(
            TopicIdPartition id,
            int nodeId,
            Loop loop,
            Executor diskPool,
            PartitionListener listener,
            PartitionImage image,
            PartitionConfig config,
            StorageEvents storageEvents) {
        this.id = id;
        this.nodeId = nodeId;
        this.loop = loop;
        this.listener = listener;
        this.image = image;
        this.config = config;
        this.storageEvents = storageEvents;
        this.diskPool = diskPool;
        this.retention = new PartitionRetention(this, diskPool);
        this.replication = new PartitionReplication(this, nodeId, listener, diskPool);
        this.writes = new PartitionWrites(this, replication, listener);
    }

    /** Topic, topic id and number. Any thread. */
    public TopicIdPartition id() {
        return id;
    }

    /** The loop that owns this partition. Any thread. */
    public Loop loop() {
        return loop;
    }

    /** What consumers and followers are given. Any thread. */
    public PartitionReads reads() {
        return reads;
    }

    /** What producers and coordinators append. */
    public PartitionWrites writes() {
        return writes;
    }

    /** What goes away with time, or when it is asked for. */
    public PartitionRetention retention() {
        return retention;
    }

    /** How far the replicas hold the log. */
    PartitionReplication replication() {
        return replication;
    }

    // What readers see. Any thread.

    /** Everything below is held by all in-sync replicas. */
    public long highWatermark() {
        return replication.highWatermark();
    }

    /** @throws ApiException when this broker does not lead the partition */
    public int leaderEpoch() {
        return leading().leaderEpoch();
    }

    /** @throws ApiException when this broker does not lead the partition */
    public long logStartOffset() {
        return leading().log().logStartOffset();
    }

    /** @throws ApiException when this broker does not lead the partition */
    public long logEndOffset() {
        return leading().log().logEndOffset();
    }

    /** The bytes on the disk; zero when the log is not open. */
    public long sizeInBytes() {
        return standing instanceof Standing.Leading leading ? leading.log().sizeInBytes() : 0;
    }

    /** Whether the partition was taken out of service by its disk. */
    public boolean hasFailed() {
        return standing == Standing.Absent.STORAGE_FAILED || isOffline();
    }

    /** Whether the directory that it lies in is gone until the broker starts again. */
    public boolean isOffline() {
        return standing == Standing.Absent.STORAGE_OFFLINE;
    }

    /** @throws ApiException when this broker does not lead the partition */
    Standing.Leading leading() {
        Standing now = standing;
        if (now instanceof Standing.Leading leading) {
            return leading;
        }
        throw ((Standing.Absent) now).error();
    }

    /** As {@link #leading()}, and throws when a reader knows another term; {@link #NO_EPOCH} for one that knows none. */
    Standing.Leading leading(int knownLeaderEpoch) {
        Standing.Leading leading = leading();
        if (knownLeaderEpoch != NO_EPOCH && knownLeaderEpoch < leading.leaderEpoch()) {
            throw new FencedLeaderEpochException("The leader epoch of the request, " + knownLeaderEpoch
                    + ", is older than the partition's, " + leading.leaderEpoch() + ".");
        }
        if (knownLeaderEpoch > leading.leaderEpoch()) {
            throw new UnknownLeaderEpochException("The leader epoch of the request, " + knownLeaderEpoch
                    + ", is newer than the partition's, " + leading.leaderEpoch() + ".");
        }
        return leading;
    }

    // Its life. On the loop only.

    /** The log is open. */
    void onOpened(PartitionLog opened) {
        if (retired != null) {
            retired.accept(opened);
            return;
        }
        if (isOffline() || standing == Standing.Absent.CLOSED) {
            abandon(opened);
            return;
        }
        log = opened;
        replication.onLog(opened);
        opened.configure(config.log());
        storageEvents.onLog(this, opened);
        takeStand();
    }

    /** The log could not be opened; another try may follow, unless its directory is offline. */
    void onOpenFailed(boolean offline) {
        standing = offline || isOffline() ? Standing.Absent.STORAGE_OFFLINE : Standing.Absent.STORAGE_FAILED;
        if (retired != null) {
            retired.accept(null);
        }
    }

    /** Whether the partition, out of service until now, still wants its log opened. */
    boolean startReopening() {
        if (standing != Standing.Absent.STORAGE_FAILED) {
            return false;
        }
        standing = Standing.Absent.OPENING;
        return true;
    }

    /** The metadata say something new about the partition. */
    void onImage(PartitionImage newImage, PartitionConfig newConfig) {
        boolean newTerm = newImage.leaderEpoch() != image.leaderEpoch() || newImage.leader() != image.leader();
        boolean newReplicas = !newImage.isr().equals(image.isr());
        image = newImage;
        if (!newConfig.equals(config)) {
            config = newConfig;
            if (log != null) {
                log.configure(newConfig.log());
                replication.onHeld();
            }
        }
        if (newTerm) {
            resign(new NotLeaderOrFollowerException("The partition has another leader."));
            if (log != null) {
                takeStand();
            }
        } else if (newReplicas && standing instanceof Standing.Leading leading) {
            replication.advanceHighWatermark(leading);
        }
    }

    private void takeStand() {
        PartitionLog openLog = Objects.requireNonNull(log);
        if (image.leader() != nodeId) {
            standing = Standing.Absent.NOT_LEADER;
            return;
        }
        Standing.Leading leading = new Standing.Leading(openLog, image.leaderEpoch());
        replication.beginTerm(leading);
        standing = leading;
        replication.onLeading(leading);
        LOG.debug(
                "leading partition={} leaderEpoch={} logStart={} logEnd={}",
                id.topicPartition(),
                leading.leaderEpoch(),
                openLog.logStartOffset(),
                openLog.logEndOffset());
        listener.onLeading(this, leading.leaderEpoch());
    }

    private void resign(ApiException error) {
        boolean led = standing instanceof Standing.Leading;
        if (led) {
            standing = Standing.Absent.NOT_LEADER;
            listener.onResigned(this);
        }
        failAll(error);
    }

    /**
     * Goes on with a copy of the log, which has everything that the log has. On the loop.
     *
     * @return the log until now, to be deleted
     */
    PartitionLog replaceLog(PartitionLog copy) {
        PartitionLog replaced = Objects.requireNonNull(log);
        copy.configure(config.log());
        copy.onHighWatermark(highWatermark());
        log = copy;
        replication.onLog(copy);
        if (standing instanceof Standing.Leading leading) {
            standing = new Standing.Leading(copy, leading.leaderEpoch());
        }
        replication.onHeld();
        return replaced;
    }

    /** The log, whether this broker leads or not; null when it is not open. On the loop. */
    @Nullable
    PartitionLog openLog() {
        return log;
    }

    private void letGoOfLog() {
        if (log != null) {
            storageEvents.onLog(this, null);
        }
        log = null;
        replication.onLog(null);
    }

    /** The error for whoever found no room. On the loop. */
    KafkaStorageException noRoom(Exception cause) {
        full = true;
        storageEvents.onFull(this, cause);
        return fullDisk(cause);
    }

    /** What was appended has found room. On the loop. */
    void onRoom() {
        if (full) {
            full = false;
            storageEvents.onRoom(this);
        }
    }

    private static KafkaStorageException fullDisk(Exception cause) {
        return new KafkaStorageException("The disk is full: " + cause.getMessage(), cause);
    }

    /** Null when this broker does not lead. */
    Standing.@Nullable Leading leadingOrNull() {
        return standing instanceof Standing.Leading leading ? leading : null;
    }

    /** The replicas, and who leads. On the loop. */
    PartitionImage image() {
        return image;
    }

    /** The settings. On the loop. */
    PartitionConfig config() {
        return config;
    }

    /** The error for whoever met the failure; the partition takes itself out of service, on its loop. Any thread. */
    KafkaStorageException failed(Standing.Leading term, Exception cause) {
        boolean full = StorageFault.of(cause) == StorageFault.NO_ROOM;
        if (!loop.inLoop()) {
            loop.execute(full ? () -> noRoom(cause) : () -> takeOutOfService(term, cause));
        } else if (full) {
            noRoom(cause);
        } else {
            takeOutOfService(term, cause);
        }
        return full ? fullDisk(cause) : new KafkaStorageException("The log failed: " + cause, cause);
    }

    void takeOutOfService(Standing.Leading term, Exception cause) {
        if (standing != term) {
            return;
        }
        LOG.debug("partition out of service partition={}", id.topicPartition(), cause);
        standing = Standing.Absent.STORAGE_FAILED;
        letGoOfLog();
        listener.onResigned(this);
        failAll(new KafkaStorageException("The log failed: " + cause, cause));
        storageEvents.onFailure(this, term.log(), cause);
    }

    private void failAll(ApiException error) {
        writes.endTerm(error);
        replication.endTerm(error);
    }

    /** The directory that the log lies in has failed. The log is let go of without a word to the disk. */
    void onDirectoryFailed() {
        if (standing == Standing.Absent.CLOSED || isOffline()) {
            return;
        }
        PartitionLog openLog = log;
        letGoOfLog();
        boolean led = standing instanceof Standing.Leading;
        standing = Standing.Absent.STORAGE_OFFLINE;
        if (led) {
            listener.onResigned(this);
        }
        failAll(Standing.Absent.STORAGE_OFFLINE.error());
        if (openLog != null) {
            abandon(openLog);
        }
    }

    private void abandon(PartitionLog openLog) {
        diskPool.execute(openLog::abandon);
    }

    /**
     * Ends the service of this partition for good.
     *
     * @param then is given the log to close; null when none is open. When the log is just being opened, then only after that.
     */
    void retire(Consumer<@Nullable PartitionLog> then) {
        boolean opening = standing == Standing.Absent.OPENING;
        PartitionLog openLog = log;
        letGoOfLog();
        resign(new NotLeaderOrFollowerException("The partition is closed."));
        standing = Standing.Absent.CLOSED;
        if (opening) {
            retired = then;
        } else {
            then.accept(openLog);
        }
    }
}
