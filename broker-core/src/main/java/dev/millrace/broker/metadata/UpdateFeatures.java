package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * Changes the levels of features, all of them or none (UpdateFeatures, key 57).
 *
 * @param validateOnly checks and answers as if, and changes nothing
 * @param ticket answered with why nothing was changed
 */
public record UpdateFeatures(List<Change> changes, boolean validateOnly, Ticket<Outcome> ticket)
        implements MetadataCommand {

    /** What the operator is prepared for. */
    public enum Direction {
        UPGRADE,
        SAFE_DOWNGRADE,
        UNSAFE_DOWNGRADE,
        UNKNOWN
    }

    /** The change of one feature. */
    public record Change(String feature, short level, Direction direction) {}

    /** @param error null when nothing was wrong */
    public record Outcome(@Nullable ApiException error) {}

    @Override
    public void fail(ApiException error) {
        ticket.fail(error);
    }
}
