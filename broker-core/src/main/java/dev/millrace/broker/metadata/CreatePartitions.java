package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * Adds partitions to topics, each by itself (CreatePartitions, key 37).
 *
 * @param validateOnly checks and answers as if, and adds nothing
 */
public record CreatePartitions(List<Increase> topics, boolean validateOnly, Ticket<List<Outcome>> ticket)
        implements MetadataCommand {

    /**
     * A topic to enlarge.
     *
     * @param count how many partitions it shall have afterwards
     * @param assignments who shall hold each of the new ones; null when the controller shall place them
     */
    public record Increase(String name, int count, @Nullable List<List<Integer>> assignments) {}

    /**
     * What became of a topic.
     *
     * @param error why it was refused; null when it was not
     */
    public record Outcome(String name, @Nullable ApiException error) {}

    @Override
    public void fail(ApiException error) {
        ticket.fail(error);
    }
}
