package dev.millrace.broker.metadata;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/**
 * What the cluster consists of after so many entries of the metadata log. Immutable; any thread. The same entries make the
 * same image on every member.
 */
public final class ClusterImage {

    private final String clusterId;
    private final long version;
    private final long nextProducerId;
    private final Map<Integer, BrokerImage> brokers;
    private final Map<String, TopicImage> topicsByName;
    private final Map<Uuid, TopicImage> topicsById;
    private final Map<ConfigResource, Map<String, String>> configs;
    private final Map<String, Short> features;
    private final Clients clients;

    /** Takes the maps over: nobody else may write to them. */
    ClusterImage(
            String clusterId,
            long version,
            long nextProducerId,
            Map<Integer, BrokerImage> brokers,
            Map<String, TopicImage> topicsByName,
            Map<Uuid, TopicImage> topicsById,
            Map<ConfigResource, Map<String, String>> configs,
            Map<String, Short> features,
            Clients clients) {
        this.clusterId = clusterId;
        this.version = version;
        this.nextProducerId = nextProducerId;
        this.brokers = brokers;
        this.topicsByName = topicsByName;
        this.topicsById = topicsById;
        this.configs = configs;
        this.features = features;
        this.clients = clients;
    }

    /** A cluster in which nothing has happened yet. */
    public static ClusterImage empty(String clusterId) {
        return new ClusterImage(clusterId, 0, 0, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Clients.NONE);
    }

    public String clusterId() {
        return clusterId;
    }

    /** How many entries of the metadata log made this image. */
    public long version() {
        return version;
    }

    /** The lowest producer id that nobody was given. */
    public long nextProducerId() {
        return nextProducerId;
    }

    /** Null when no broker with this id has ever registered. */
    public @Nullable BrokerImage broker(int id) {
        return brokers.get(id);
    }

    public Collection<BrokerImage> brokers() {
        return List.copyOf(brokers.values());
    }

    /** Null when there is no such topic. */
    public @Nullable TopicImage topic(String name) {
        return topicsByName.get(name);
    }

    /** Null when there is no such topic. */
    public @Nullable TopicImage topic(Uuid id) {
        return topicsById.get(id);
    }

    /** All topics, in no order. */
    public Collection<TopicImage> topics() {
        return Collections.unmodifiableCollection(topicsById.values());
    }

    /** What was set on the resource: a topic by name, a broker by id, or all brokers by the empty name. */
    public Map<String, String> configs(ConfigResource resource) {
        if (resource.type() == ConfigResource.Type.TOPIC) {
            TopicImage topic = topicsByName.get(resource.name());
            return topic == null ? Map.of() : topic.configs();
        }
        return configs.getOrDefault(resource, Map.of());
    }

    /** The level of a feature; 0 for none. That of a new cluster as long as none is decided. */
    public short featureLevel(String feature) {
        return (features.isEmpty() ? ClusterFeatures.initialLevels() : features).getOrDefault(feature, (short) 0);
    }

    /** The levels that were decided, 0 among them; empty as long as none was. */
    public Map<String, Short> features() {
        return features;
    }

    public Clients clients() {
        return clients;
    }

    /** The resources of a type on which something is set, but for topics. */
    public List<String> configured(ConfigResource.Type type) {
        return configs.keySet().stream()
                .filter(resource -> resource.type() == type)
                .map(ConfigResource::name)
                .sorted()
                .toList();
    }

    Map<Integer, BrokerImage> brokersById() {
        return brokers;
    }

    Map<String, TopicImage> topicsByName() {
        return topicsByName;
    }

    Map<Uuid, TopicImage> topicsById() {
        return topicsById;
    }

    Map<ConfigResource, Map<String, String>> configs() {
        return configs;
    }
}
