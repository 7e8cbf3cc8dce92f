package dev.millrace.broker;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.TopicImage;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/** The cluster's topics, as groups look at them. */
record TopicsOfImage(ClusterMetadata metadata) implements ClusterTopics {

    /** The one setting of groups whose default changes while the brokers run (KIP-1263). */
    private static final String ASSIGNMENT_INTERVAL = "consumer.assignment.interval.ms";

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
        Map<String, String> configs = metadata.image().configs(new ConfigResource(ConfigResource.Type.GROUP, groupId));
        String ofAll = metadata.image()
                .configs(new ConfigResource(ConfigResource.Type.BROKER, ""))
                .get("group." + ASSIGNMENT_INTERVAL);
        if (ofAll == null || configs.containsKey(ASSIGNMENT_INTERVAL)) {
            return configs;
        }
        Map<String, String> all = new HashMap<>(configs);
        all.put(ASSIGNMENT_INTERVAL, ofAll);
        return all;
    }

    private static @Nullable Topic topic(@Nullable TopicImage image) {
        return image == null
                ? null
                : new Topic(image.name(), image.id(), image.partitions().size());
    }
}
