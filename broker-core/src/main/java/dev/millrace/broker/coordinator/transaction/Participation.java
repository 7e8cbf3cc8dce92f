package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Ticket;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/** Asks the coordinator of a transactional id which partitions take part in its transaction (KIP-890), as a port. */
@FunctionalInterface
public interface Participation {

    /**
     * Any thread.
     *
     * @param clientVersion the transaction.version that the client speaks: from 2 on partitions that do not take part yet
     *     do so from now on; before, the client has announced them itself
     * @param ticket answered with an outcome for each partition; fails when there is no coordinator that could be asked
     */
    void ask(
            String transactionalId,
            ProducerIdAndEpoch producer,
            Set<TopicPartition> partitions,
            short clientVersion,
            Ticket<Map<TopicPartition, Errors>> ticket);
}
