package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.errors.ApiException;

/** Gives a broker a block of producer ids that nobody else has or will have (AllocateProducerIds, key 67). */
public record AllocateProducerIds(int brokerId, Ticket<ProducerIdBlock> ticket) implements MetadataCommand {

    @Override
    public void fail(ApiException error) {
        ticket.fail(error);
    }
}
