package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Effect;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells partitions how a transaction ended. What becomes of it is told by {@link MarkersAnswered}.
 *
 * @param deliveryId to be given back with the answer
 */
public record WriteMarkers(
        String transactionalId, long deliveryId, TransactionMarker marker, Set<TopicPartition> partitions)
        implements Effect {}
