package dev.millrace.broker.partition;

import dev.millrace.broker.log.LogCleaning;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.compaction.DirtyRange;
import dev.millrace.broker.log.config.CleaningLimits;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes away of a partition that this broker leads: by age or size, at somebody's word, or by compaction. On the loop only. */
public final class PartitionRetention {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionRetention.class);

    private final Partition partition;
    private final Executor diskPool;

    PartitionRetention(Partition partition, Executor diskPool) {
        this.partition = partition;
        this.diskPool = diskPool;
    }

    /**
     * Nothing below {@code offset} shall be served any more.
     *
     * @param offset -1 for the high watermark
     * @return the offset of the oldest record from now on
     * @throws ApiException OFFSET_OUT_OF_RANGE beyond the high watermark; POLICY_VIOLATION when the topic is only compacted
     */
    public long deleteRecords(long offset) {
        Standing.Leading leading = partition.leading();
        if (!partition.config().log().delete()) {
            throw new PolicyViolationException("Records of partition "
                    + partition.id().topicPartition() + " can not be deleted due to the configured policy");
        }
        long committed = partition.highWatermark();
        long target = offset == -1 ? committed : offset;
        if (target < 0 || target > committed) {
            throw new OffsetOutOfRangeException("The offset " + target + " is not between 0 and the high watermark "
                    + committed + " of partition " + partition.id().topicPartition());
        }
        if (target > leading.log().logStartOffset()) {
            try {
                leading.log().advanceLogStart(target);
                deleteRetiredFiles(leading.log());
            } catch (IOException e) {
                throw partition.failed(leading, e);
            }
        }
        return leading.log().logStartOffset();
    }

    /** Deletes what is too old or too much. */
    void retain() {
        Standing.Leading leading = partition.leadingOrNull();
        if (leading != null) {
            try {
                int deleted = leading.log()
                        .deleteExpired(
                                partition.highWatermark(), partition.loop().nowMs());
                if (deleted > 0) {
                    LOG.info(
                            "segments deleted by retention partition={} segments={}",
                            partition.id().topicPartition(),
                            deleted);
                    deleteRetiredFiles(leading.log());
                }
            } catch (IOException e) {
                partition.failed(leading, e);
            }
        }
    }

    /** The files of deleted segments, when their time has come. */
    private void deleteRetiredFiles(PartitionLog openLog) {
        long nowMs = partition.loop().nowMs();
        diskPool.execute(() -> {
            try {
                long next = openLog.deleteRetiredFiles(nowMs);
                if (next != Long.MAX_VALUE) {
                    partition.loop().execute(() -> partition.loop().schedule(next, () -> deleteRetiredFiles(openLog)));
                }
            } catch (IOException e) {
                // Nobody misses them: the next start tries again.
                LOG.warn(
                        "files of deleted segments can't be deleted partition={} error={}",
                        partition.id().topicPartition(),
                        e.toString());
            }
        });
    }

    /** The log, when it is open and compacted; null otherwise. Any thread. */
    @Nullable
    PartitionLog cleanableLog() {
        Standing.Leading leading = partition.leadingOrNull();
        return leading != null && leading.log().config().compact() ? leading.log() : null;
    }

    /** Null when the partition has let go of the log meanwhile, or the disk fails. */
    @Nullable
    LogCleaning beginCleaning(PartitionLog openLog, DirtyRange range, CleaningLimits limits) {
        Standing.Leading leading = partition.leadingOrNull();
        if (leading == null || leading.log() != openLog) {
            return null;
        }
        try {
            return openLog.clean(range, limits, partition.loop().nowMs());
        } catch (IOException e) {
            partition.failed(leading, e);
            return null;
        }
    }
}
