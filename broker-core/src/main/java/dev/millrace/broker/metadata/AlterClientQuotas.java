package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;

/**
 * Changes quotas, each entity by itself (AlterClientQuotas, key 49).
 *
 * @param validateOnly checks and answers as if, and changes nothing
 */
public record AlterClientQuotas(List<Alteration> entities, boolean validateOnly, Ticket<List<Outcome>> ticket)
        implements MetadataCommand {

    /** The changes of one entity. */
    public record Alteration(ClientQuotaEntity entity, List<Change> changes) {}

    /** @param value null to remove it */
    public record Change(String key, @Nullable Double value) {}

    /** @param error why it was refused; null when it was not */
    public record Outcome(
            ClientQuotaEntity entity, @Nullable ApiException error) {}

    @Override
    public void fail(ApiException error) {
        ticket.fail(error);
    }
}
