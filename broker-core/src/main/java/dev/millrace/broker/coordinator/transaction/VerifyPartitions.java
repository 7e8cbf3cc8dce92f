package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Ticket;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/** A partition's leader asks whether a transaction that writes to it has announced so (KIP-890; key 24, verify only). */
public record VerifyPartitions(
        Ticket<Map<TopicPartition, Errors>> ticket,
        String transactionalId,
        ProducerIdAndEpoch producer,
        Set<TopicPartition> partitions)
        implements TransactionCommand {}
