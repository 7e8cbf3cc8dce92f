package dev.millrace.broker.metadata;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;

/**
 * Chooses the brokers of new partitions: the leader where there are fewest leaders, the others where there are fewest
 * replicas, and no two in one rack while there are racks left.
 */
final class Placement {

    private final Collection<BrokerImage> brokers;
    private final BrokerLoads loads;

    /**
     * @param brokers that may get partitions
     * @param loads is written to: every placed partition counts for the next one
     */
    Placement(Collection<BrokerImage> brokers, BrokerLoads loads) {
        this.brokers = brokers;
        this.loads = loads;
    }

    /** @throws InvalidReplicationFactorException when there are fewer brokers than that */
    List<List<Integer>> place(int partitions, short replicationFactor) {
        if (brokers.isEmpty()) {
            throw new InvalidReplicationFactorException("Unable to replicate the partition " + replicationFactor
                    + " time(s): no broker has a log directory that is not cordoned.");
        }
        if (replicationFactor > brokers.size()) {
            throw new InvalidReplicationFactorException("Unable to replicate the partition " + replicationFactor
                    + " time(s): The target replication factor of " + replicationFactor
                    + " cannot be reached because only "
                    + brokers.size()
                    + " broker(s) are registered or some have all their log directories cordoned.");
        }
        List<List<Integer>> placed = new ArrayList<>(partitions);
        for (int i = 0; i < partitions; i++) {
            List<Integer> replicas = placeOne(replicationFactor);
            loads.placed(replicas);
            placed.add(replicas);
        }
        return placed;
    }

    private List<Integer> placeOne(short replicationFactor) {
        List<BrokerImage> candidates = new ArrayList<>(brokers);
        List<Integer> chosen = new ArrayList<>(replicationFactor);
        Set<String> usedRacks = new HashSet<>();
        while (chosen.size() < replicationFactor) {
            Comparator<BrokerImage> order = Comparator.comparing(broker -> isIn(broker, usedRacks));
            if (chosen.isEmpty()) {
                order = order.thenComparing(broker -> loads.leaders(broker.id()));
            }
            order = order.thenComparing(broker -> loads.replicas(broker.id()))
                    .thenComparing(broker -> loads.leaders(broker.id()))
                    .thenComparing(BrokerImage::id);
            BrokerImage best =
                    Objects.requireNonNull(candidates.stream().min(order).orElse(null));
            candidates.remove(best);
            chosen.add(best.id());
            if (best.rack() != null) {
                usedRacks.add(best.rack());
            }
        }
        return List.copyOf(chosen);
    }

    private static boolean isIn(BrokerImage broker, Set<String> racks) {
        return broker.rack() != null && racks.contains(broker.rack());
    }
}
