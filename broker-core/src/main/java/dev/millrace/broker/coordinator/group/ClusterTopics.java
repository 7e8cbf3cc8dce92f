package dev.millrace.broker.coordinator.group;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** What groups need to know of the cluster. It may change from call to call; decisions read it, events carry what they made of it. */
public interface ClusterTopics {

    /** A topic that exists. */
    record Topic(String name, Uuid id, int partitions) {}

    /** A cluster without topics. */
    ClusterTopics NONE = new ClusterTopics() {
        @Override
        public @Nullable Topic named(String name) {
            return null;
        }

        @Override
        public @Nullable Topic withId(Uuid id) {
            return null;
        }

        @Override
        public Collection<Topic> all() {
            return List.of();
        }

        @Override
        public long version() {
            return 0;
        }

        @Override
        public Map<String, String> groupConfigs(String groupId) {
            return Map.of();
        }
    };

    @Nullable
    Topic named(String name);

    @Nullable
    Topic withId(Uuid id);

    Collection<Topic> all();

    /** Grows with every change. */
    long version();

    /** What an operator has set for one group. */
    Map<String, String> groupConfigs(String groupId);
}
