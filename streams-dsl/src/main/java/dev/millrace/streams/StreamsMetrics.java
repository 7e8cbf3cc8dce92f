package dev.millrace.streams;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What one instance of an application has done since it was started, at one moment.
 *
 * @param consumed records polled from input and repartition topics
 * @param processed records that went through their task
 * @param produced records handed to the producer: results, repartitioned records and changelog records
 * @param droppedLate records left out of a window that had closed
 * @param droppedInvalid records left out for a null key, a null value to be aggregated, or a negative timestamp
 * @param failed records left out because they failed and the policy is to continue
 * @param deadLettered those of them that went to the dead letter topic
 * @param commits commits that had something to commit
 * @param restored changelog records read back
 * @param restoreRemaining changelog records still to be read back, about, before all tasks run
 * @param tasksRunning tasks that process, of {@code tasksAssigned}
 * @param tasksRebuilt tasks closed with uncommitted work because of an error, and rebuilt from what was committed
 * @param threadsReplaced threads that ended with an error and were replaced
 * @param committedOffsets the last offset committed by this instance for every input partition that it has now
 */
public record StreamsMetrics(
        long consumed,
        long processed,
        long produced,
        long droppedLate,
        long droppedInvalid,
        long failed,
        long deadLettered,
        long commits,
        long restored,
        long restoreRemaining,
        int tasksAssigned,
        int tasksRunning,
        long tasksRebuilt,
        long threadsReplaced,
        Map<TopicPartition, Long> committedOffsets) {}
