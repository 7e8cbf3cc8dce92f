package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/** Deletes topics, each by itself (DeleteTopics, key 20). */
public record DeleteTopics(List<Reference> topics, Ticket<List<Outcome>> ticket) implements MetadataCommand {

    /**
     * A topic by name or by id.
     *
     * @param name null when the topic is named by its id
     * @param id zero when the topic is named by its name
     */
    public record Reference(@Nullable String name, Uuid id) {}

    /**
     * What became of a topic.
     *
     * @param error why it was refused; null when it was not
     */
    public record Outcome(
            @Nullable String name, Uuid id, @Nullable ApiException error) {}

    @Override
    public void fail(ApiException error) {
        ticket.fail(error);
    }
}
