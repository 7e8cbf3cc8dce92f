package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Ticket;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * Creates topics, each by itself: some may succeed while others are refused (CreateTopics, key 19).
 *
 * @param validateOnly checks and answers as if, and creates nothing
 */
public record CreateTopics(List<NewTopic> topics, boolean validateOnly, Ticket<List<Outcome>> ticket)
        implements MetadataCommand {

    /**
     * A topic to create.
     *
     * @param partitions how many; -1 for num.partitions, or when they are assigned
     * @param replicationFactor -1 for default.replication.factor, or when they are assigned
     * @param assignments who shall hold which partition; empty when the controller shall place them
     * @param configs settings; a null value is refused
     */
    public record NewTopic(
            String name,
            int partitions,
            short replicationFactor,
            List<Assignment> assignments,
            Map<String, @Nullable String> configs) {

        /** A topic that the controller places. */
        public static NewTopic of(
                String name, int partitions, short replicationFactor, Map<String, @Nullable String> configs) {
            return new NewTopic(name, partitions, replicationFactor, List.of(), configs);
        }
    }

    /** The brokers that shall hold a partition, in order of preference. */
    public record Assignment(int partition, List<Integer> brokers) {}

    /**
     * What became of a topic.
     *
     * @param id zero when it was refused
     * @param error why it was refused; null when it was not
     */
    public record Outcome(
            String name,
            Uuid id,
            int partitions,
            short replicationFactor,
            Map<String, String> configs,
            @Nullable ApiException error) {

        static Outcome refused(String name, ApiException error) {
            return new Outcome(name, Uuid.ZERO_UUID, -1, (short) -1, Map.of(), error);
        }
    }

    @Override
    public void fail(ApiException error) {
        ticket.fail(error);
    }
}
