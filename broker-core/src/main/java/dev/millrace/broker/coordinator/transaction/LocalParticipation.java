package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.machine.Ticket;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/** Asks the coordinator on this broker: an order from loop to loop. Any thread. */
public final class LocalParticipation implements Participation {

    private final ShardHost<TransactionCommand, TransactionEvent> host;

    public LocalParticipation(ShardHost<TransactionCommand, TransactionEvent> host) {
        this.host = host;
    }

    @Override
    public void ask(
            String transactionalId,
            ProducerIdAndEpoch producer,
            Set<TopicPartition> partitions,
            short clientVersion,
            Ticket<Map<TopicPartition, Errors>> ticket) {
        if (TransactionVersions.raisesEpoch(clientVersion)) {
            host.submit(
                    transactionalId,
                    ofAll(partitions, ticket),
                    open -> new AddPartitions(open, transactionalId, producer, partitions, clientVersion));
        } else {
            host.submit(
                    transactionalId, ticket, open -> new VerifyPartitions(open, transactionalId, producer, partitions));
        }
    }

    /** All of them are added, or none. */
    private static Ticket<Errors> ofAll(Set<TopicPartition> partitions, Ticket<Map<TopicPartition, Errors>> ticket) {
        return new Ticket<>() {
            @Override
            public void answer(Errors outcome) {
                Map<TopicPartition, Errors> outcomes = new HashMap<>();
                partitions.forEach(partition -> outcomes.put(partition, outcome));
                ticket.answer(outcomes);
            }

            @Override
            public void fail(ApiException error) {
                ticket.fail(error);
            }
        };
    }
}
