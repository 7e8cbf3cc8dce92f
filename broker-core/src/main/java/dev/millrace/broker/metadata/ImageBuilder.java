package dev.millrace.broker.metadata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next image out of one image and the events of an entry. Copies only the maps that change, and each once for all
 * the events of an entry; events that name what does not exist are without effect.
 */
final class ImageBuilder {

    private final ClusterImage base;
    private final Map<Uuid, OpenTopic> openTopics = new LinkedHashMap<>();
    private final Set<Uuid> deletedTopics = new HashSet<>();
    private final Map<String, Uuid> createdNames = new HashMap<>();
    private @Nullable Map<Integer, BrokerImage> brokers;
    private @Nullable Map<ConfigResource, Map<String, String>> configs;
    private @Nullable Map<String, Short> features;
    private Clients clients;
    private long nextProducerId;

    ImageBuilder(ClusterImage base) {
        this.base = base;
        this.nextProducerId = base.nextProducerId();
        this.clients = base.clients();
    }

    void apply(MetadataEvent event) {
        if (event instanceof MetadataEvent.PartitionAdded added) {
            OpenTopic topic = open(added.topicId());
            if (topic != null) {
                topic.partitions.add(added.partition());
            }
        } else if (event instanceof MetadataEvent.PartitionChanged changed) {
            OpenTopic topic = open(changed.topicId());
            int partition = changed.partition().partition();
            if (topic != null && partition < topic.partitions.size()) {
                topic.partitions.set(partition, changed.partition());
            }
        } else if (event instanceof MetadataEvent.TopicCreated created) {
            openTopics.put(created.id(), new OpenTopic(created.name(), created.id()));
            createdNames.put(created.name(), created.id());
        } else if (event instanceof MetadataEvent.TopicDeleted deleted) {
            openTopics.remove(deleted.id());
            deletedTopics.add(deleted.id());
        } else if (event instanceof MetadataEvent.ConfigChanged changed) {
            applyConfig(changed);
        } else if (event instanceof MetadataEvent.BrokerRegistered registered) {
            if (brokers == null) {
                brokers = new TreeMap<>(base.brokersById());
            }
            brokers.put(registered.broker().id(), registered.broker());
        } else if (event instanceof MetadataEvent.FeatureLevelChanged changed) {
            if (features == null) {
                features = new TreeMap<>(base.features());
            }
            features.put(changed.feature(), changed.level());
        } else if (event instanceof MetadataEvent.ProducerIdsAllocated allocated) {
            nextProducerId = Math.max(nextProducerId, allocated.nextProducerId());
        } else if (event instanceof MetadataEvent.ClientQuotaChanged changed) {
            clients = clients.withQuota(changed.entity(), changed.key(), changed.value());
        } else if (event instanceof MetadataEvent.UserScramCredentialChanged changed) {
            clients = clients.withCredential(changed.user(), changed.mechanism(), changed.credential());
        }
    }

    private void applyConfig(MetadataEvent.ConfigChanged event) {
        ConfigResource resource = event.resource();
        if (resource.type() == ConfigResource.Type.TOPIC) {
            OpenTopic topic = open(resource.name());
            if (topic != null) {
                put(topic.configs, event.key(), event.value());
            }
            return;
        }
        if (configs == null) {
            configs = new HashMap<>(base.configs());
        }
        Map<String, String> changed = new TreeMap<>(configs.getOrDefault(resource, Map.of()));
        put(changed, event.key(), event.value());
        if (changed.isEmpty()) {
            configs.remove(resource);
        } else {
            configs.put(resource, Map.copyOf(changed));
        }
    }

    private static void put(Map<String, String> map, String key, @Nullable String value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    private @Nullable OpenTopic open(String name) {
        Uuid created = createdNames.get(name);
        if (created != null) {
            return open(created);
        }
        TopicImage image = base.topicsByName().get(name);
        return image == null ? null : open(image.id());
    }

    private @Nullable OpenTopic open(Uuid id) {
        OpenTopic topic = openTopics.get(id);
        if (topic == null && !deletedTopics.contains(id)) {
            TopicImage image = base.topicsById().get(id);
            if (image != null) {
                topic = new OpenTopic(image);
                openTopics.put(id, topic);
            }
        }
        return topic;
    }

    /** The image after the events, and what they touched. */
    ImageChange build(long version) {
        Map<String, TopicImage> byName = base.topicsByName();
        Map<Uuid, TopicImage> byId = base.topicsById();
        Set<Uuid> changedTopics = new HashSet<>();
        if (!openTopics.isEmpty() || !deletedTopics.isEmpty()) {
            byName = new HashMap<>(byName);
            byId = new HashMap<>(byId);
            for (Uuid id : deletedTopics) {
                TopicImage deleted = byId.remove(id);
                if (deleted != null) {
                    byName.remove(deleted.name());
                    changedTopics.add(id);
                }
            }
            for (OpenTopic open : openTopics.values()) {
                TopicImage topic = open.close();
                byId.put(topic.id(), topic);
                byName.put(topic.name(), topic);
                changedTopics.add(topic.id());
            }
        }
        ClusterImage after = new ClusterImage(
                base.clusterId(),
                version,
                nextProducerId,
                brokers == null ? base.brokersById() : brokers,
                byName,
                byId,
                configs == null ? base.configs() : configs,
                features == null ? base.features() : Collections.unmodifiableMap(features),
                clients);
        return new ImageChange(
                base, after, Collections.unmodifiableSet(changedTopics), brokers != null, configs != null);
    }

    /** A topic under change. */
    private static final class OpenTopic {
        private final String name;
        private final Uuid id;
        private final List<PartitionImage> partitions;
        private final Map<String, String> configs;

        OpenTopic(String name, Uuid id) {
            this.name = name;
            this.id = id;
            this.partitions = new ArrayList<>();
            this.configs = new TreeMap<>();
        }

        OpenTopic(TopicImage image) {
            this.name = image.name();
            this.id = image.id();
            this.partitions = new ArrayList<>(image.partitions());
            this.configs = new TreeMap<>(image.configs());
        }

        TopicImage close() {
            return new TopicImage(name, id, List.copyOf(partitions), Map.copyOf(configs));
        }
    }
}
