package dev.millrace.broker.coordinator.transaction;

import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/** Tells partitions how transactions ended, as a port. */
@FunctionalInterface
public interface Markers {

    /**
     * Appends the marker to the partition. Any thread.
     *
     * @param outcome told once, on any thread: NONE when the marker is committed, UNKNOWN_TOPIC_OR_PARTITION when there is no
     *     such partition, or why it could not be appended or was not committed in time
     */
    void write(TopicPartition partition, TransactionMarker marker, Consumer<Errors> outcome);
}
