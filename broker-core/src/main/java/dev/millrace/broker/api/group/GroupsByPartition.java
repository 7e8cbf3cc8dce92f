package dev.millrace.broker.api.group;

import dev.millrace.broker.coordinator.ShardHost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Which shard coordinates which of the groups that a request names. */
final class GroupsByPartition {

    private GroupsByPartition() {}

    /** In the order in which they are named; each once. */
    static Map<Integer, List<String>> of(ShardHost<?, ?> host, Collection<String> groupIds) {
        return ofEach(host, new LinkedHashSet<>(groupIds));
    }

    /** In the order in which they are named, and as often. */
    static Map<Integer, List<String>> ofEach(ShardHost<?, ?> host, Collection<String> groupIds) {
        Map<Integer, List<String>> byPartition = new LinkedHashMap<>();
        for (String groupId : groupIds) {
            byPartition
                    .computeIfAbsent(host.partitionFor(groupId), partition -> new ArrayList<>())
                    .add(groupId);
        }
        return byPartition;
    }
}
