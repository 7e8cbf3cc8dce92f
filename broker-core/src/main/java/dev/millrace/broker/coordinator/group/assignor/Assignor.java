package dev.millrace.broker.coordinator.group.assignor;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.apache.kafka.common.Uuid;

/** Gives every partition that somebody has subscribed to to exactly one member that has. Stateless. */
public interface Assignor {

    /** By which clients and operators choose it. */
    String name();

    /**
     * The same subscribers in any order make the same assignment.
     *
     * @param partitionCounts of every topic that anybody has subscribed to
     * @return by member id; every member has an entry
     */
    Map<String, SortedSet<PartitionId>> assign(List<Subscriber> subscribers, Map<Uuid, Integer> partitionCounts);
}
