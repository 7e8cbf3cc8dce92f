package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * Changes settings of topics and brokers, each resource by itself (IncrementalAlterConfigs, key 44; AlterConfigs, key 33).
 *
 * @param validateOnly checks and answers as if, and changes nothing
 */
public record AlterConfigs(List<Alteration> resources, boolean validateOnly, Ticket<List<Outcome>> ticket)
        implements MetadataCommand {

    /**
     * The changes of one resource.
     *
     * @param replace what is not named goes back to its default: the older AlterConfigs
     */
    public record Alteration(ConfigResource resource, boolean replace, List<Change> changes) {}

    /** How a setting changes. */
    public enum Operation {
        SET,
        DELETE,
        /** Adds to a list. */
        APPEND,
        /** Takes out of a list. */
        SUBTRACT
    }

    /** The change of one setting. */
    public record Change(
            String key, Operation operation, @Nullable String value) {}

    /**
     * What became of a resource.
     *
     * @param error why it was refused; null when it was not
     */
    public record Outcome(ConfigResource resource, @Nullable ApiException error) {}

    @Override
    public void fail(ApiException error) {
        ticket.fail(error);
    }
}
