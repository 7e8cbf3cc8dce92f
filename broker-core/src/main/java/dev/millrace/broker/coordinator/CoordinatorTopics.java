package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.CreateTopics;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.metadata.TopicImage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** The coordinators' topics as the cluster's metadata have them. */
public final class CoordinatorTopics implements InternalTopics {

    private final ClusterMetadata metadata;
    private final Map<String, CreateTopics.NewTopic> specifications;
    private final BiPredicate<Uuid, Integer> isOffline;

    /**
     * @param specifications how the topics are to be created
     * @param isOffline whether the directory of a partition has failed here, by topic id
     */
    public CoordinatorTopics(
            ClusterMetadata metadata,
            Collection<CreateTopics.NewTopic> specifications,
            BiPredicate<Uuid, Integer> isOffline) {
        this.metadata = metadata;
        this.isOffline = isOffline;
        this.specifications = specifications.stream()
                .collect(Collectors.toUnmodifiableMap(CreateTopics.NewTopic::name, Function.identity()));
    }

    @Override
    public OptionalInt partitionCount(String topic) {
        TopicImage image = metadata.image().topic(topic);
        return image == null
                ? OptionalInt.empty()
                : OptionalInt.of(image.partitions().size());
    }

    @Override
    public @Nullable Endpoint leader(String topic, int partition, String listener) {
        ClusterImage image = metadata.image();
        TopicImage topicImage = image.topic(topic);
        PartitionImage partitionImage = topicImage == null ? null : topicImage.partition(partition);
        if (topicImage == null || partitionImage == null || isOffline.test(topicImage.id(), partition)) {
            return null;
        }
        BrokerImage leader = image.broker(partitionImage.leader());
        BrokerImage.Endpoint endpoint = leader == null ? null : leader.endpoint(listener);
        return leader == null || endpoint == null ? null : new Endpoint(leader.id(), endpoint.host(), endpoint.port());
    }

    @Override
    public void create(String topic, Ticket<Boolean> ticket) {
        CreateTopics.NewTopic specification =
                Objects.requireNonNull(specifications.get(topic), "no coordinator has its state in " + topic);
        metadata.submit(new CreateTopics(List.of(specification), false, new Ticket<>() {
            @Override
            public void answer(List<CreateTopics.Outcome> outcomes) {
                ApiException error = outcomes.get(0).error();
                if (error == null || error instanceof TopicExistsException) {
                    ticket.answer(true);
                } else {
                    ticket.fail(error);
                }
            }

            @Override
            public void fail(ApiException error) {
                ticket.fail(error);
            }
        }));
    }
}
