package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Decision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TopicDeletionDisabledException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Decides on {@link DeleteTopics}. */
final class TopicDeletion {

    private final ClusterImage image;
    private final ControllerSettings settings;
    private final Decision.Builder<MetadataEvent> decision = Decision.builder();
    private final List<DeleteTopics.Outcome> outcomes = new ArrayList<>();
    private final Set<Uuid> ambiguous = new HashSet<>();

    TopicDeletion(ClusterImage image, ControllerSettings settings) {
        this.image = image;
        this.settings = settings;
    }

    Decision<MetadataEvent> decide(DeleteTopics command) {
        Map<DeleteTopics.Reference, Integer> counts = new HashMap<>();
        Map<Uuid, Integer> references = new HashMap<>();
        for (DeleteTopics.Reference reference : command.topics()) {
            counts.merge(reference, 1, Integer::sum);
            TopicImage topic = find(reference);
            if (topic != null && counts.getOrDefault(reference, 0) == 1) {
                references.merge(topic.id(), 1, Integer::sum);
            }
        }
        for (Map.Entry<DeleteTopics.Reference, Integer> counted : counts.entrySet()) {
            delete(counted.getKey(), counted.getValue(), references);
        }
        return decision.answer(command.ticket(), List.copyOf(outcomes)).build();
    }

    private void delete(DeleteTopics.Reference reference, int count, Map<Uuid, Integer> references) {
        TopicImage topic = find(reference);
        ApiException error = error(reference, count, topic, references);
        if (topic != null && references.getOrDefault(topic.id(), 0) > 1) {
            // By its name and by its id: one answer, which has both.
            if (ambiguous.add(topic.id())) {
                outcomes.add(new DeleteTopics.Outcome(topic.name(), topic.id(), error));
            }
            return;
        }
        if (error != null || topic == null) {
            outcomes.add(new DeleteTopics.Outcome(reference.name(), reference.id(), error));
            return;
        }
        decision.event(new MetadataEvent.TopicDeleted(topic.id()));
        outcomes.add(new DeleteTopics.Outcome(topic.name(), topic.id(), null));
    }

    private @Nullable ApiException error(
            DeleteTopics.Reference reference, int count, @Nullable TopicImage topic, Map<Uuid, Integer> references) {
        boolean byId = !reference.id().equals(Uuid.ZERO_UUID);
        if (!settings.deleteTopicEnable()) {
            return new TopicDeletionDisabledException("Topic deletion is disabled.");
        }
        if (reference.name() == null && !byId) {
            return new InvalidRequestException("Neither topic name nor id were specified.");
        }
        if (reference.name() != null && byId) {
            return new InvalidRequestException("You may not specify both topic name and topic id.");
        }
        if (count > 1) {
            return new InvalidRequestException(byId ? "Duplicate topic id." : "Duplicate topic name.");
        }
        if (topic == null) {
            return byId
                    ? new UnknownTopicIdException("This server does not host this topic ID.")
                    : new UnknownTopicOrPartitionException("This server does not host this topic-partition.");
        }
        if (references.getOrDefault(topic.id(), 0) > 1) {
            return new InvalidRequestException("The provided topic name maps to an ID that was already supplied.");
        }
        return null;
    }

    private @Nullable TopicImage find(DeleteTopics.Reference reference) {
        if (reference.name() != null) {
            return reference.id().equals(Uuid.ZERO_UUID) ? image.topic(reference.name()) : null;
        }
        return image.topic(reference.id());
    }
}
