package dev.millrace.streams.process;

import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Where the records go that a task makes: a producer, or a test's topics. Delivered in the order sent per partition; whether
 * delivery has worked out is asked before a commit, not here.
 */
@FunctionalInterface
public interface RecordCollector {

    /** Leaves the partition to the key's hash, as Kafka's own producer chooses it. */
    int BY_KEY = -1;

    /**
     * @param headers null for none
     * @throws dev.millrace.streams.errors.DeliveryException if the client can't take records any more
     */
    void send(
            String topic,
            int partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMs,
            @Nullable Headers headers);
}
