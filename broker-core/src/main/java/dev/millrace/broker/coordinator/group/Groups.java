package dev.millrace.broker.coordinator.group;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All that one shard knows. Only events change it. */
public final class Groups {

    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final CommittedOffsets offsets = new CommittedOffsets();
    private final ClusterTopics topics;
    private final Function<String, Group> simpleGroup;

    /** @param simpleGroup makes a group that only commits offsets, of the kind that these are */
    public Groups(ClusterTopics topics, Function<String, Group> simpleGroup) {
        this.topics = topics;
        this.simpleGroup = simpleGroup;
    }

    public @Nullable Group get(String groupId) {
        return groups.get(groupId);
    }

    /** Null also for a group of another kind. */
    public <G extends Group> @Nullable G get(String groupId, Class<G> kind) {
        Group group = groups.get(groupId);
        return kind.isInstance(group) ? kind.cast(group) : null;
    }

    public Collection<Group> all() {
        return groups.values();
    }

    public CommittedOffsets offsets() {
        return offsets;
    }

    /** The cluster as it is now. */
    public ClusterTopics topics() {
        return topics;
    }

    /**
     * The group of this kind, or a new one. What was there of another kind came to its end before; save that in a compacted
     * log offsets may come first, and stand for a group of their own until then.
     */
    public <G extends Group> G getOrCreate(String groupId, Class<G> kind, Function<String, G> create) {
        G known = get(groupId, kind);
        G group = known == null ? create.apply(groupId) : known;
        groups.put(groupId, group);
        return group;
    }

    /** Offsets belong to whatever group there is, and make one that only commits if there is none. */
    public void ensure(String groupId) {
        groups.computeIfAbsent(groupId, simpleGroup);
    }

    /** There is no group of this kind any more. */
    public void remove(String groupId, Class<? extends Group> kind) {
        if (kind.isInstance(groups.get(groupId))) {
            groups.remove(groupId);
        }
    }
}
