package dev.millrace.broker;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.TopicImage;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/** The cluster's topics, as groups look at them. */
record TopicsOfImage(ClusterMetadata metadata) implements ClusterTopics {

    @Override
    public @Nullable Topic named(String name) {
        return topic(metadata.image().topic(name));
    }

    @Override
    public @Nullable Topic withId(Uuid id) {
        return topic(metadata.image().topic(id));
    }

    @Override
    public Collection<Topic> all() {
        return metadata.image().topics().stream()
                .map(image ->
                        new Topic(image.name(), image.id(), image.partitions().size()))
                .toList();
    }

    @Override
    public long version() {
        return metadata.image().version();
    }

    @Override
    public Map<String, String> groupConfigs(String groupId) {
        return metadata.image().configs(new ConfigResource(ConfigResource.Type.GROUP, groupId));
    }

    private static @Nullable Topic topic(@Nullable TopicImage image) {
        return image == null
                ? null
                : new Topic(image.name(), image.id(), image.partitions().size());
    }
}
