package dev.millrace.broker.coordinator.transaction;

import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** It is time to tell these partitions once more how the transaction ended. A timer. */
record SendMarkers(String transactionalId, long deliveryId, Set<TopicPartition> partitions)
        implements TransactionCommand {}
