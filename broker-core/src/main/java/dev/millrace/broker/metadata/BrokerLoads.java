package dev.millrace.broker.metadata;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many partitions each broker leads and holds, so that new ones go where there are fewest. */
final class BrokerLoads {

    private final Map<Integer, Integer> leaders = new HashMap<>();
    private final Map<Integer, Integer> replicas = new HashMap<>();

    BrokerLoads() {}

    /** A copy to plan on. */
    BrokerLoads(BrokerLoads other) {
        leaders.putAll(other.leaders);
        replicas.putAll(other.replicas);
    }

    void add(TopicImage topic) {
        topic.partitions().forEach(partition -> add(partition, 1));
    }

    void remove(TopicImage topic) {
        topic.partitions().forEach(partition -> add(partition, -1));
    }

    void clear() {
        leaders.clear();
        replicas.clear();
    }

    private void add(PartitionImage partition, int sign) {
        // The preferred leader counts, not the leader of the hour: that one changes back.
        leaders.merge(partition.replicas().get(0), sign, Integer::sum);
        for (int broker : partition.replicas()) {
            replicas.merge(broker, sign, Integer::sum);
        }
    }

    int leaders(int broker) {
        return leaders.getOrDefault(broker, 0);
    }

    int replicas(int broker) {
        return replicas.getOrDefault(broker, 0);
    }

    void placed(List<Integer> brokers) {
        leaders.merge(brokers.get(0), 1, Integer::sum);
        for (int broker : brokers) {
            replicas.merge(broker, 1, Integer::sum);
        }
    }
}
