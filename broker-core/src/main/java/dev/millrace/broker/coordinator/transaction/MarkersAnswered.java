package dev.millrace.broker.coordinator.transaction;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * What became of {@link WriteMarkers}, for all its partitions or for some. A partition that does not exist any more counts
 * as NONE. May come late, and more than once.
 */
public record MarkersAnswered(String transactionalId, long deliveryId, Map<TopicPartition, Errors> results)
        implements TransactionCommand {}
