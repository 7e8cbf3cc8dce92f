package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * A broker has started (BrokerRegistration, key 62). The ticket is answered with the epoch of the registration.
 *
 * @param incarnation random, one for each start of the process
 */
public record RegisterBroker(
        int id, Uuid incarnation, @Nullable String rack, List<BrokerImage.Endpoint> endpoints, Ticket<Long> ticket)
        implements MetadataCommand {

    @Override
    public void fail(ApiException error) {
        ticket.fail(error);
    }
}
