package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;
import org.jspecify.annotations.Nullable;

/** Told by a partition what its disk does to it. On the partition's loop. */
interface StorageEvents {

    /** The partition has closed itself to clients and lets go of the log, which is to be closed. */
    void onFailure(Partition partition, PartitionLog failedLog, Exception cause);

    /** The partition's log is open, and nothing is appended to it yet; or null: it is not any more. */
    void onLog(Partition partition, @Nullable PartitionLog log);

    /** There was no room. */
    void onFull(Partition partition, Exception cause);

    /** There is room again. */
    void onRoom(Partition partition);
}
