package dev.millrace.broker.coordinator.group;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that one shard knows. Only events change it. */
final class Groups {

    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final CommittedOffsets offsets = new CommittedOffsets();
    private final ClusterTopics topics;

    Groups(ClusterTopics topics) {
        this.topics = topics;
    }

    @Nullable
    Group get(String groupId) {
        return groups.get(groupId);
    }

    @Nullable
    ClassicGroup classicGroup(String groupId) {
        return groups.get(groupId) instanceof ClassicGroup group ? group : null;
    }

    @Nullable
    ConsumerGroup consumerGroup(String groupId) {
        return groups.get(groupId) instanceof ConsumerGroup group ? group : null;
    }

    /** The classic group, or a new and empty one that nobody knows of yet. */
    ClassicGroup getOrNew(String groupId) {
        ClassicGroup group = classicGroup(groupId);
        return group == null ? new ClassicGroup(groupId) : group;
    }

    Collection<Group> all() {
        return groups.values();
    }

    CommittedOffsets offsets() {
        return offsets;
    }

    /** The cluster as it is now. */
    ClusterTopics topics() {
        return topics;
    }

    /** What was there of another protocol came to its end before. */
    ClassicGroup getOrCreate(String groupId) {
        ClassicGroup group = getOrNew(groupId);
        groups.put(groupId, group);
        return group;
    }

    /** In a compacted log offsets may come first, and stand for a group of their own until then. */
    ConsumerGroup getOrCreateConsumerGroup(String groupId) {
        ConsumerGroup known = consumerGroup(groupId);
        ConsumerGroup group = known == null ? new ConsumerGroup(groupId) : known;
        groups.put(groupId, group);
        return group;
    }

    /** Offsets belong to whatever group there is, and make one that only commits if there is none. */
    void ensure(String groupId) {
        groups.computeIfAbsent(groupId, ClassicGroup::new);
    }

    void endClassicGroup(String groupId) {
        if (groups.get(groupId) instanceof ClassicGroup) {
            groups.remove(groupId);
        }
    }

    void endConsumerGroup(String groupId) {
        if (groups.get(groupId) instanceof ConsumerGroup) {
            groups.remove(groupId);
            if (!offsets.partitions(groupId).isEmpty()) {
                ensure(groupId);
            }
        }
    }
}
