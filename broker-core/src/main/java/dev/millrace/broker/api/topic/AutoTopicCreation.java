package dev.millrace.broker.api.topic;

import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.CreateTopics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Topic;

/**
 * Creates topics that clients ask for before anybody has created them (auto.create.topics.enable). A coordinator's topic
 * gets the settings that its coordinator needs. Any thread.
 */
public final class AutoTopicCreation {

    private final ClusterMetadata metadata;
    private final boolean enabled;
    private final Map<String, CreateTopics.NewTopic> internalTopics;

    /**
     * @param enabled auto.create.topics.enable
     * @param internalTopics how the coordinators' topics are to be created, by name
     */
    public AutoTopicCreation(
            ClusterMetadata metadata, boolean enabled, Collection<CreateTopics.NewTopic> internalTopics) {
        this.metadata = metadata;
        this.enabled = enabled;
        this.internalTopics = new ConcurrentHashMap<>();
        internalTopics.forEach(topic -> this.internalTopics.put(topic.name(), topic));
    }

    boolean isEnabled() {
        return enabled;
    }

    /** Creates topics; answers with why it could not, by name, without those that somebody else created meanwhile. */
    void create(Collection<String> names, Ticket<Map<String, ApiException>> ticket) {
        List<CreateTopics.NewTopic> topics = names.stream()
                .filter(name -> !isForeign(name))
                .map(this::describe)
                .toList();
        metadata.submit(new CreateTopics(topics, false, new MappedTicket<>(ticket, AutoTopicCreation::errors)));
    }

    /** A coordinator's topic that this broker does not know how to create. */
    private boolean isForeign(String name) {
        return Topic.isInternal(name) && !internalTopics.containsKey(name);
    }

    private CreateTopics.NewTopic describe(String name) {
        return internalTopics.getOrDefault(name, CreateTopics.NewTopic.of(name, -1, (short) -1, Map.of()));
    }

    /** As in Kafka, a client that has only asked for a topic learns that it is not there: anything else is not its doing. */
    private static Map<String, ApiException> errors(List<CreateTopics.Outcome> outcomes) {
        Map<String, ApiException> errors = new ConcurrentHashMap<>();
        for (CreateTopics.Outcome outcome : outcomes) {
            if (outcome.error() != null && !(outcome.error() instanceof TopicExistsException)) {
                errors.put(
                        outcome.name(),
                        outcome.error() instanceof InvalidTopicException
                                ? outcome.error()
                                : new UnknownTopicOrPartitionException(
                                        outcome.error().getMessage(), outcome.error()));
            }
        }
        return errors;
    }
}
