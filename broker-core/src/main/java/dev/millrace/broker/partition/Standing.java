package dev.millrace.broker.partition;

import dev.millrace.broker.log.PartitionLog;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;

/** What this broker is to a partition. */
sealed interface Standing {

    /** It leads. One instance stands for one term. */
    record Leading(PartitionLog log, int leaderEpoch) implements Standing {}

    /** It can't serve the partition, for a reason that the client may wait for or look elsewhere. */
    enum Absent implements Standing {
        /** The log is being opened and recovered. */
        OPENING,
        /** Another broker leads. */
        NOT_LEADER,
        /** The disk failed. */
        STORAGE_FAILED,
        /** The topic is deleted, or the broker shuts down. */
        CLOSED;

        ApiException error() {
            return this == STORAGE_FAILED
                    ? new KafkaStorageException("The partition's log can't be written or read at the moment.")
                    : new NotLeaderOrFollowerException("This broker does not lead the partition.");
        }
    }
}
