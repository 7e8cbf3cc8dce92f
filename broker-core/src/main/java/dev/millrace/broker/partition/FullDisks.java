package dev.millrace.broker.partition;

import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator of partitions that can't be written for want of room: once when one begins to refuse, once when it takes
 * records again, and in between one reminder a minute for all of them, for producers try again many times a second. Any thread.
 */
final class FullDisks {

    private static final Logger LOG = LoggerFactory.getLogger(FullDisks.class);

    static final long REMINDER_INTERVAL_MS = 60_000;

    private final Set<TopicPartition> full = new HashSet<>();
    private long remindAtMs;

    /** What there is to say. */
    enum Report {
        NOTHING,
        FIRST,
        REMINDER
    }

    /** The partition has refused records. Returns what was said about it. */
    synchronized Report onFull(TopicPartition partition, String error, long nowMs) {
        if (full.isEmpty()) {
            remindAtMs = nowMs + REMINDER_INTERVAL_MS;
        }
        if (full.add(partition)) {
            LOG.warn("disk full partition={} error={} action=refuse records until there is room", partition, error);
            return Report.FIRST;
        }
        if (nowMs < remindAtMs) {
            return Report.NOTHING;
        }
        remindAtMs = nowMs + REMINDER_INTERVAL_MS;
        LOG.warn("disk still full partitions={} partition={} error={}", full.size(), partition, error);
        return Report.REMINDER;
    }

    /** The partition takes records again, or is not there any more. Returns whether it did not before. */
    synchronized boolean onRoom(TopicPartition partition) {
        if (!full.remove(partition)) {
            return false;
        }
        LOG.info("room again partition={} partitionsStillFull={}", partition, full.size());
        return true;
    }
}
