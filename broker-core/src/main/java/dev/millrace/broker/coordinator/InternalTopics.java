package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.Ticket;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What coordinators need of the cluster's metadata: the topics that hold their state. Any thread. */
public interface InternalTopics {

    /** Where clients reach a broker. */
    record Endpoint(int nodeId, String host, int port) {}

    /** Empty when the topic does not exist. */
    OptionalInt partitionCount(String topic);

    /** The leader's address on the given listener; null when the partition has no leader that is reachable there. */
    @Nullable
    Endpoint leader(String topic, int partition, String listener);

    /**
     * Creates the internal topic with the partitions, replicas and settings that its configuration keys say. Answered once
     * the topic is in the metadata, also when it was there before.
     */
    void create(String topic, Ticket<Boolean> ticket);
}
