package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;

/** Told by a partition what its disk does to it. On the partition's loop. */
interface StorageEvents {

    /** The partition has closed itself to clients and lets go of the log, which is to be closed. */
    void onFailure(Partition partition, PartitionLog failedLog, Exception cause);

    /** There was no room. */
    void onFull(Partition partition, Exception cause);

    /** There is room again. */
    void onRoom(Partition partition);
}
