package dev.millrace.broker.partition;

import dev.millrace.broker.log.AbortedTransaction;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.ReplayedBatch;
import dev.millrace.broker.log.TimestampOffset;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.epoch.EpochEndOffset;
import dev.millrace.broker.log.segment.LogSlice;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What may be read of a partition that this broker leads, and where it begins and ends. Any thread. */
public final class PartitionReads {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionReads.class);

    private final Partition partition;

    /** The latest, so that a client that tries again and again does not fill the broker's own log. */
    private volatile @Nullable String reportedDamage;

    PartitionReads(Partition partition) {
        this.partition = partition;
    }

    private long readableEnd(Standing.Leading leading, IsolationLevel isolation) {
        long committed = partition.highWatermark();
        return isolation == IsolationLevel.READ_COMMITTED ? leading.log().lastStableOffset(committed) : committed;
    }

    /**
     * Reads what a consumer may see from {@code offset} on.
     *
     * @param maxBytes of records; one batch may be larger, if {@code atLeastOneBatch}
     * @param knownLeaderEpoch the term that the reader knows, or {@link Partition#NO_EPOCH}
     * @param lastFetchedEpoch of the record before {@code offset} as the reader has it, or {@link Partition#NO_EPOCH} (KIP-595)
     * @throws ApiException NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH,
     *     OFFSET_OUT_OF_RANGE; CORRUPT_MESSAGE when the disk has damaged the batch
     */
    public FetchedRecords read(
            long offset,
            int maxBytes,
            boolean atLeastOneBatch,
            IsolationLevel isolation,
            int knownLeaderEpoch,
            int lastFetchedEpoch) {
        Standing.Leading leading = partition.leading(knownLeaderEpoch);
        PartitionLog openLog = leading.log();
        // In this order: the stable offset must not be beyond the high watermark that is told with it.
        long committed = partition.highWatermark();
        long stable = openLog.lastStableOffset(committed);
        long end = isolation == IsolationLevel.READ_COMMITTED ? stable : committed;
        if (lastFetchedEpoch != Partition.NO_EPOCH) {
            EpochEndOffset diverging = divergence(openLog, offset, lastFetchedEpoch);
            if (diverging != null) {
                return new FetchedRecords(null, end, committed, stable, openLog.logStartOffset(), null, diverging);
            }
        }
        LogSlice records = null;
        try {
            records = openLog.read(offset, maxBytes, end, atLeastOneBatch);
            List<AbortedTransaction> aborted = isolation == IsolationLevel.READ_COMMITTED
                    ? openLog.abortedTransactions(offset, records.nextOffset())
                    : null;
            return new FetchedRecords(records, end, committed, stable, openLog.logStartOffset(), aborted, null);
        } catch (IOException e) {
            if (records != null) {
                records.close();
            }
            Standing.Leading now = partition.leadingOrNull();
            if (now != null && now.log() != openLog && now.leaderEpoch() == leading.leaderEpoch()) {
                // The partition has moved to another of log.dirs since.
                return read(offset, maxBytes, atLeastOneBatch, isolation, knownLeaderEpoch, lastFetchedEpoch);
            }
            throw unreadable(leading, e);
        }
    }

    /**
     * Whether this broker leads the partition, in the term that the reader knows.
     *
     * @throws ApiException as {@link #read} does where it does not
     */
    public void requireLeading(int knownLeaderEpoch) {
        partition.leading(knownLeaderEpoch);
    }

    /**
     * Damage in one place does not keep anybody from the rest of the log, as it does not in Kafka. A disk that fails is
     * another matter.
     */
    private ApiException unreadable(Standing.Leading leading, IOException e) {
        if (!(e instanceof LogCorruptException)) {
            return partition.failed(leading, e);
        }
        String message = String.valueOf(e.getMessage());
        if (!message.equals(reportedDamage)) {
            reportedDamage = message;
            LOG.error("damaged records partition={} error={}", partition.id().topicPartition(), message);
        }
        return new CorruptRecordException(message);
    }

    private static @Nullable EpochEndOffset divergence(PartitionLog openLog, long offset, int lastFetchedEpoch) {
        Optional<EpochEndOffset> end = openLog.endOffsetForEpoch(lastFetchedEpoch);
        if (end.isEmpty()) {
            throw new OffsetOutOfRangeException(
                    "No record of the leader epoch " + lastFetchedEpoch + " is known here.");
        }
        EpochEndOffset known = end.get();
        return known.leaderEpoch() < lastFetchedEpoch || known.endOffset() < offset ? known : null;
    }

    /** The offset of the oldest record, in its term. Throws as {@link #read} does. */
    public TimestampOffset earliestOffset(int knownLeaderEpoch) {
        Standing.Leading leading = partition.leading(knownLeaderEpoch);
        long start = leading.log().logStartOffset();
        // Where there is no record yet, the first one will be of this term.
        return new TimestampOffset(
                -1, start, leading.log().epochForOffset(start).orElse(leading.leaderEpoch()));
    }

    /** The offset up to which a reader may read. Throws as {@link #read} does. */
    public TimestampOffset latestOffset(IsolationLevel isolation, int knownLeaderEpoch) {
        Standing.Leading leading = partition.leading(knownLeaderEpoch);
        return new TimestampOffset(-1, readableEnd(leading, isolation), leading.leaderEpoch());
    }

    /** The first readable record at or after {@code timestampMs}. May block on the disk. Throws as {@link #read} does. */
    public Optional<TimestampOffset> offsetForTimestamp(
            long timestampMs, IsolationLevel isolation, int knownLeaderEpoch) {
        Standing.Leading leading = partition.leading(knownLeaderEpoch);
        long end = readableEnd(leading, isolation);
        try {
            return leading.log().offsetForTimestamp(timestampMs).filter(found -> found.offset() < end);
        } catch (IOException e) {
            throw unreadable(leading, e);
        }
    }

    /** The first record with the largest timestamp. May block on the disk. Throws as {@link #read} does. */
    public Optional<TimestampOffset> offsetOfMaxTimestamp(IsolationLevel isolation, int knownLeaderEpoch) {
        Standing.Leading leading = partition.leading(knownLeaderEpoch);
        long end = readableEnd(leading, isolation);
        try {
            return leading.log().offsetOfMaxTimestamp().filter(found -> found.offset() < end);
        } catch (IOException e) {
            throw unreadable(leading, e);
        }
    }

    /** The largest known term that is not above {@code epoch}, and where it ends. Throws as {@link #read} does. */
    public Optional<EpochEndOffset> endOffsetForEpoch(int epoch, int knownLeaderEpoch) {
        Standing.Leading leading = partition.leading(knownLeaderEpoch);
        if (epoch == leading.leaderEpoch()) {
            return Optional.of(new EpochEndOffset(epoch, leading.log().logEndOffset()));
        }
        return leading.log().endOffsetForEpoch(epoch);
    }

    /** Hands over every batch of the log, for a shard that is loaded. Blocks on the disk. */
    public void replay(Consumer<ReplayedBatch> consumer) throws IOException {
        PartitionLog openLog = partition.leading().log();
        openLog.replay(openLog.logStartOffset(), consumer);
    }
}
