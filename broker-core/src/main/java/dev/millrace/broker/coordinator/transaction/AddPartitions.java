package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * A producer is about to write to these partitions: the transaction begins, or grows (AddPartitionsToTxn, key 24;
 * AddOffsetsToTxn, key 25, for a partition of the offsets topic; or the partition's leader on behalf of a producer that
 * writes to it, KIP-890).
 *
 * @param clientVersion the transaction.version that the client speaks
 */
public record AddPartitions(
        Ticket<Errors> ticket,
        String transactionalId,
        ProducerIdAndEpoch producer,
        Set<TopicPartition> partitions,
        short clientVersion)
        implements Postponable {

    @Override
    public void refuse(Decision.Builder<TransactionEvent> decision, Errors error) {
        decision.answer(ticket, error);
    }
}
