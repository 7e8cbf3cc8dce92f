package dev.millrace.streams.runtime;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * How one thread stands, as it last said.
 *
 * @param joined whether it has been given an assignment, be it an empty one
 * @param committed the last committed offset of every input partition it has
 */
public record ThreadStatus(
        boolean joined,
        int tasksAssigned,
        int tasksRunning,
        long restoreRemaining,
        Map<TopicPartition, Long> committed) {

    static final ThreadStatus NEW = new ThreadStatus(false, 0, 0, 0, Map.of());

    public boolean allRunning() {
        return joined && tasksRunning == tasksAssigned;
    }
}
