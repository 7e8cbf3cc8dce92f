package dev.millrace.broker.coordinator.group;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that one shard knows. Only events change it. */
final class Groups {

    private final Map<String, ClassicGroup> groups = new LinkedHashMap<>();
    private final CommittedOffsets offsets = new CommittedOffsets();

    @Nullable
    ClassicGroup get(String groupId) {
        return groups.get(groupId);
    }

    /** The group, or a new and empty one that nobody knows of yet. */
    ClassicGroup getOrNew(String groupId) {
        ClassicGroup group = groups.get(groupId);
        return group == null ? new ClassicGroup(groupId) : group;
    }

    Collection<ClassicGroup> all() {
        return groups.values();
    }

    CommittedOffsets offsets() {
        return offsets;
    }

    ClassicGroup getOrCreate(String groupId) {
        return groups.computeIfAbsent(groupId, ClassicGroup::new);
    }

    void remove(String groupId) {
        groups.remove(groupId);
    }
}
