package dev.millrace.broker.partition;

import dev.millrace.broker.log.AppendOrigin;
import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.BatchBuilder;
import dev.millrace.broker.log.DiskFullException;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.ProducerStatus;
import dev.millrace.broker.log.TransactionalBatch;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.PartitionImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.UnknownLeaderEpochException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica of a partition on this broker: its log, the high watermark, and those who wait for either.
 *
 * <p>Its loop is the only one that writes. Readers on other threads see what it has published: the standing (whether it
 * leads, in which term, on which log) and the high watermark. The methods say who may call them.
 *
 * <pre>
 *   append -> log end -> (followers fetch) -> high watermark -> acks, fetches, the coordinator's shard
 * </pre>
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
    private final PendingAcks pendingAcks;

    /** Of acks=1, which waits for this broker alone. */
    private final PendingAcks pendingForces;

    private final PendingFetches pendingFetches = new PendingFetches();
    private final Verifications verifications = new Verifications();
    private final Map<Integer, ReplicaState> followers = new TreeMap<>();
    private final StorageEvents storageEvents;
    private final PartitionReads reads = new PartitionReads(this);
    private final PartitionRetention retention;

    private volatile Standing standing = Standing.Absent.OPENING;
    private volatile long highWatermark;

    private PartitionImage image;
    private PartitionConfig config;
    private @Nullable PartitionLog log;
    private @Nullable Forcing forcing;
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
        this.pendingAcks = new PendingAcks(loop);
        this.pendingForces = new PendingAcks(loop);
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

    /** What goes away with time, or when it is asked for. */
    public PartitionRetention retention() {
        return retention;
    }

    PendingFetches pendingFetches() {
        return pendingFetches;
    }

    // What readers see. Any thread.

    /** Everything below is held by all in-sync replicas. */
    public long highWatermark() {
        return highWatermark;
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

    // What writers do. On the loop only.

    /**
     * Appends a producer's batches and answers by {@code acks}: at once, or when the in-sync replicas have them.
     *
     * @param acks 0, 1, or -1 for all in-sync replicas
     * @param timeoutMs how long to wait for the replicas
     */
    public void append(ByteBuffer batches, short acks, long timeoutMs, Ticket<AppendResult> ticket) {
        AppendResult result;
        try {
            Standing.Leading leading = leading();
            if (acks == -1 && image.isr().size() < config.minInsyncReplicas()) {
                throw new NotEnoughReplicasException("The size of the current ISR " + image.isr()
                        + " is insufficient to satisfy the min.isr requirement of " + config.minInsyncReplicas()
                        + " for partition " + id.topicPartition());
            }
            result = appendOf(TransactionalBatch.of(batches), leading, batches);
        } catch (ApiException e) {
            ticket.fail(e);
            return;
        }
        if (acks == -1 && result.lastOffset() >= highWatermark) {
            pendingAcks.add(result, timeoutMs, ticket);
        } else if (acks == 1 && result.lastOffset() >= heldEnd()) {
            pendingForces.add(result, timeoutMs, ticket);
        } else {
            ticket.answer(result);
        }
    }

    private AppendResult appendOf(
            @Nullable TransactionalBatch transactional, Standing.Leading leading, ByteBuffer batches) {
        if (transactional == null) {
            return append(leading, batches, AppendOrigin.CLIENT);
        }
        if (config.verifiesTransactions()) {
            verifications.require(transactional, leading.log());
        }
        AppendResult result = append(leading, batches, AppendOrigin.CLIENT);
        if (!result.duplicate()) {
            verifications.onAppended(transactional);
        }
        return result;
    }

    /**
     * Whether the coordinator of the batch's transaction must be asked first (KIP-890): not for a transaction that has
     * records here already.
     *
     * @param raisesEpoch whether the producer speaks transaction.version 2, in which it announces no partitions
     * @throws ApiException when this broker does not lead the partition
     */
    public boolean needsVerification(TransactionalBatch batch, boolean raisesEpoch) {
        return !leading().log().isInTransaction(batch.producerId(), batch.producerEpoch())
                && !verifications.isGranted(batch)
                && (raisesEpoch || config.verifiesTransactions());
    }

    /**
     * Has the batch wait until it is known that this partition takes part in its transaction. Whoever waits is told in the
     * order in which they came.
     *
     * @param ticket answered when the batch may be appended
     * @return the question that the caller has to have answered, by {@link #verified} or {@link #notVerified}; null when
     *     somebody else is at it
     */
    public @Nullable Verification awaitVerification(
            TransactionalBatch batch, boolean raisesEpoch, Ticket<Verification> ticket) {
        return verifications.await(batch, raisesEpoch, ticket);
    }

    /** The partition takes part in the transaction: whoever waits may append. */
    public void verified(Verification verification) {
        verification.grant();
    }

    /** The partition takes no part in the transaction, or that can't be found out for now. */
    public void notVerified(Verification verification, ApiException error) {
        verifications.onFailed(verification, error);
    }

    /**
     * Appends a coordinator's own records, in the term in which the coordinator decided on them.
     *
     * @throws ApiException when the term is over, or the log refuses; nothing was appended
     */
    public AppendResult appendOwn(ByteBuffer batches, int leaderEpoch) {
        Standing.Leading leading = leading();
        if (leading.leaderEpoch() != leaderEpoch) {
            throw new NotLeaderOrFollowerException("The term " + leaderEpoch + " is over.");
        }
        List<TransactionalBatch> transactional = TransactionalBatch.allOf(batches);
        if (config.verifiesTransactions()) {
            transactional.forEach(batch -> verifications.require(batch, leading.log()));
        }
        AppendResult result = append(leading, batches, AppendOrigin.COORDINATOR);
        transactional.forEach(verifications::onAppended);
        return result;
    }

    /**
     * Ends the producer's transaction on this partition: appends the marker, and tells the partition's listener.
     *
     * @param raisesEpoch whether the transaction was ended by transaction.version 2: then its marker has a higher epoch than
     *     its records, and one that has not is of an earlier transaction and late (KIP-1228)
     * @throws ApiException when this broker does not lead, or the log refuses the marker; nothing was appended
     */
    public AppendResult endTransaction(
            long producerId, short producerEpoch, int coordinatorEpoch, boolean committed, boolean raisesEpoch) {
        Standing.Leading leading = leading();
        if (raisesEpoch && leading.log().isInTransaction(producerId, producerEpoch)) {
            throw new InvalidProducerEpochException("The marker of producer " + producerId + " has the epoch "
                    + producerEpoch + " of the transaction that is open in " + id.topicPartition()
                    + "; it is for an earlier one");
        }
        ByteBuffer marker =
                BatchBuilder.endTransactionMarker(loop.nowMs(), producerId, producerEpoch, coordinatorEpoch, committed);
        AppendResult result = append(leading, marker, AppendOrigin.COORDINATOR);
        verifications.onMarker(producerId, producerEpoch);
        listener.onTransactionEnded(this, producerId, producerEpoch, committed);
        return result;
    }

    /** As {@link #endTransaction(long, short, int, boolean, boolean)}; answers when the in-sync replicas have the marker. */
    public void endTransaction(
            long producerId,
            short producerEpoch,
            int coordinatorEpoch,
            boolean committed,
            boolean raisesEpoch,
            long timeoutMs,
            Ticket<AppendResult> ticket) {
        AppendResult result;
        try {
            result = endTransaction(producerId, producerEpoch, coordinatorEpoch, committed, raisesEpoch);
        } catch (ApiException e) {
            ticket.fail(e);
            return;
        }
        if (result.lastOffset() >= highWatermark) {
            pendingAcks.add(result, timeoutMs, ticket);
        } else {
            ticket.answer(result);
        }
    }

    private AppendResult append(Standing.Leading leading, ByteBuffer batches, AppendOrigin origin) {
        int bytes = batches.remaining();
        AppendResult result;
        try {
            result = leading.log().append(batches, origin, leading.leaderEpoch(), loop.nowMs());
        } catch (ApiException e) {
            throw e;
        } catch (DiskFullException e) {
            // Nothing was appended and reading goes on: the producer retries, perhaps when there is room again.
            throw noRoom(e);
        } catch (IOException | RuntimeException e) {
            // After a bug as after a failed disk it is unknown what the log holds in memory: it is opened afresh.
            throw failed(leading, e);
        }
        if (full) {
            full = false;
            storageEvents.onRoom(this);
        }
        if (!result.duplicate()) {
            pendingFetches.onAppended(bytes);
            Objects.requireNonNull(forcing).onAppended(config);
            advanceHighWatermark(leading);
        }
        return result;
    }

    private long heldEnd() {
        return Objects.requireNonNull(forcing).heldEnd(config);
    }

    private void onForced() {
        if (standing instanceof Standing.Leading leading) {
            pendingForces.release(heldEnd());
            advanceHighWatermark(leading);
            // What came in while the disk was busy.
            Objects.requireNonNull(forcing).onAppended(config);
        }
    }

    private void advanceHighWatermark(Standing.Leading leading) {
        long held = heldEnd();
        for (int replica : image.isr()) {
            if (replica != nodeId) {
                ReplicaState follower = followers.get(replica);
                held = Math.min(held, follower == null ? -1 : follower.logEndOffset());
            }
        }
        if (held > highWatermark) {
            leading.log().onHighWatermark(held);
            highWatermark = held;
            pendingAcks.release(held);
            pendingFetches.onReadable(held, leading.log().lastStableOffset(held));
            listener.onHighWatermark(this, held);
        }
    }

    /** A follower holds everything below {@code fetchOffset}. */
    void onFollowerFetch(int replica, long fetchOffset) {
        Standing.Leading leading = leading();
        followers
                .computeIfAbsent(replica, unused -> new ReplicaState())
                .onFetch(fetchOffset, leading.log().logEndOffset(), loop.nowMs());
        advanceHighWatermark(leading);
    }

    /** The producers that the log knows. */
    public List<ProducerStatus> activeProducers() {
        return leading().log().activeProducers();
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
        forcing = forcingOf(opened);
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
                onForced();
            }
        }
        if (newTerm) {
            resign(new NotLeaderOrFollowerException("The partition has another leader."));
            if (log != null) {
                takeStand();
            }
        } else if (newReplicas && standing instanceof Standing.Leading leading) {
            advanceHighWatermark(leading);
        }
    }

    private void takeStand() {
        PartitionLog openLog = Objects.requireNonNull(log);
        if (image.leader() != nodeId) {
            standing = Standing.Absent.NOT_LEADER;
            return;
        }
        followers.clear();
        Standing.Leading leading = new Standing.Leading(openLog, image.leaderEpoch());
        highWatermark = Math.max(highWatermark, openLog.logStartOffset());
        advanceHighWatermark(leading);
        standing = leading;
        Objects.requireNonNull(forcing).onAppended(config);
        pendingFetches.onReadable(highWatermark, openLog.lastStableOffset(highWatermark));
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

    private void onForceFailed(IOException cause) {
        if (standing instanceof Standing.Leading leading) {
            takeOutOfService(leading, cause);
        }
    }

    /**
     * Goes on with a copy of the log, which has everything that the log has. On the loop.
     *
     * @return the log until now, to be deleted
     */
    PartitionLog replaceLog(PartitionLog copy) {
        PartitionLog replaced = Objects.requireNonNull(log);
        Objects.requireNonNull(forcing).stop();
        copy.configure(config.log());
        copy.onHighWatermark(highWatermark);
        log = copy;
        forcing = forcingOf(copy);
        if (standing instanceof Standing.Leading leading) {
            standing = new Standing.Leading(copy, leading.leaderEpoch());
        }
        onForced();
        return replaced;
    }

    /** The log, whether this broker leads or not; null when it is not open. On the loop. */
    @Nullable
    PartitionLog openLog() {
        return log;
    }

    private Forcing forcingOf(PartitionLog openLog) {
        return new Forcing(loop, diskPool, openLog, this::onForced, this::onForceFailed, this::noRoom);
    }

    private void letGoOfLog() {
        if (log != null) {
            storageEvents.onLog(this, null);
        }
        log = null;
        if (forcing != null) {
            forcing.stop();
            forcing = null;
        }
    }

    /** The error for whoever found no room. On the loop. */
    private KafkaStorageException noRoom(Exception cause) {
        full = true;
        storageEvents.onFull(this, cause);
        return fullDisk(cause);
    }

    private static KafkaStorageException fullDisk(Exception cause) {
        return new KafkaStorageException("The disk is full: " + cause.getMessage(), cause);
    }

    /** Null when this broker does not lead. */
    Standing.@Nullable Leading leadingOrNull() {
        return standing instanceof Standing.Leading leading ? leading : null;
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

    private void takeOutOfService(Standing.Leading term, Exception cause) {
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
        verifications.endTerm(error);
        pendingAcks.failAll(error);
        pendingForces.failAll(error);
        pendingFetches.disturbAll();
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
