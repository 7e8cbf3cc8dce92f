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
        /** The log failed, and is opened afresh. */
        STORAGE_FAILED,
        /** The directory of the log failed, and stays away until the broker starts again. */
        STORAGE_OFFLINE,
        /** The topic is deleted, or the broker shuts down. */
        CLOSED;

        ApiException error() {
            return switch (this) {
                case STORAGE_FAILED ->
                    new KafkaStorageException("The partition's log can't be written or read at the moment.");
                case STORAGE_OFFLINE -> new KafkaStorageException("The partition's log dir is offline.");
                default -> new NotLeaderOrFollowerException("This broker does not lead the partition.");
            };
        }
    }
}
