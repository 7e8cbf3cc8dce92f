package dev.millrace.streams.process;

import org.apache.kafka.common.TopicPartition;

/** Whether a partition whose buffer is empty has more to come that is on the broker already. */
@FunctionalInterface
public interface InputLag {

    /** For a motor that hands over everything at once. */
    InputLag NONE = partition -> false;

    boolean hasMore(TopicPartition partition);
}
