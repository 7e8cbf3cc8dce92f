package dev.millrace.broker.coordinator;

import dev.millrace.broker.log.ReplayedBatch;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.ShardRecord;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a shard's host needs of the partition that it hosts the shard on, while this broker leads it. One instance stands
 * for one term of leadership.
 */
public interface ShardPartition {

    /** The internal topic. */
    String topic();

    /** The partition's number within the topic. */
    int partition();

    /** The term of this leadership: the coordinator epoch of whatever the shard decides. */
    int leaderEpoch();

    /** The loop that owns the partition, and so the shard. */
    Loop loop();

    /**
     * Appends the records in one write: all of them or none. Records of one producer stand in a transactional batch of that
     * producer. On the loop only.
     *
     * @return the log end offset afterwards
     * @throws org.apache.kafka.common.errors.ApiException when the write was refused and nothing was appended
     * @throws IOException when the disk failed and what was appended is unknown
     */
    long append(List<ShardRecord> records) throws IOException;

    /** On the loop only. */
    long logEndOffset();

    /** On the loop only. */
    long highWatermark();

    /** Reads everything from the log's start, at least up to the log end of the moment of the call. Any thread. */
    void replay(Consumer<ReplayedBatch> consumer) throws IOException;
}
