package dev.millrace.broker.metadata;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;

/** The rules for replicas that an operator assigns by hand. */
final class ReplicaAssignments {

    private ReplicaAssignments() {}

    /**
     * @param replicationFactor what the other partitions have; -1 when this is the first
     * @throws InvalidReplicaAssignmentException when the list is empty, names a broker twice, names one that is not
     *     registered, or differs in length from the others
     */
    static void check(List<Integer> brokers, int replicationFactor, ClusterImage image) {
        if (brokers.isEmpty()) {
            throw new InvalidReplicaAssignmentException(
                    "The manual partition assignment includes an empty replica list.");
        }
        for (int broker : new TreeSet<>(brokers)) {
            if (image.broker(broker) == null) {
                throw new InvalidReplicaAssignmentException("The manual partition assignment includes broker " + broker
                        + ", but no such broker is registered.");
            }
        }
        Set<Integer> seen = new HashSet<>();
        for (int broker : brokers) {
            if (!seen.add(broker)) {
                throw new InvalidReplicaAssignmentException(
                        "The manual partition assignment includes the broker " + broker + " more than once.");
            }
        }
        if (replicationFactor >= 0 && brokers.size() != replicationFactor) {
            throw new InvalidReplicaAssignmentException("The manual partition assignment includes a partition with "
                    + brokers.size() + " replica(s), but this is not consistent with previous partitions, which have "
                    + replicationFactor + " replica(s).");
        }
    }

    /** A partition that begins its life on these brokers. */
    static PartitionImage newPartition(int partition, List<Integer> brokers) {
        return new PartitionImage(partition, brokers.get(0), 0, 0, List.copyOf(brokers), List.copyOf(brokers));
    }
}
