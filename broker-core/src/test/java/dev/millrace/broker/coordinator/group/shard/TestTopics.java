package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.consumer.TopicsChanged;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Topics that come and go as a test wants it. */
public final class TestTopics implements ClusterTopics {

    private final Map<String, Topic> topics = new TreeMap<>();
    /** Also of those that are gone. */
    private final Map<String, Uuid> ids = new HashMap<>();

    private final Map<String, Map<String, String>> groupConfigs = new HashMap<>();
    private long version;

    public TestTopics with(String name, int partitions) {
        Topic known = topics.get(name);
        Uuid id = known == null ? new Uuid(77, ++version) : known.id();
        topics.put(name, new Topic(name, id, partitions));
        ids.put(name, id);
        return this;
    }

    public void delete(String name) {
        topics.remove(name);
        version++;
    }

    public void configure(String groupId, String key, String value) {
        groupConfigs.put(groupId, Map.of(key, value));
    }

    public Uuid id(String name) {
        return ids.get(name);
    }

    public static TopicsChanged changed(String... names) {
        return new TopicsChanged(Set.of(names));
    }

    @Override
    public @Nullable Topic named(String name) {
        return topics.get(name);
    }

    @Override
    public @Nullable Topic withId(Uuid id) {
        return topics.values().stream()
                .filter(topic -> topic.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    @Override
    public Collection<Topic> all() {
        return List.copyOf(topics.values());
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public Map<String, String> groupConfigs(String groupId) {
        return groupConfigs.getOrDefault(groupId, Map.of());
    }
}
