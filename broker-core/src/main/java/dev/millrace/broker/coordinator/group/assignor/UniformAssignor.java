package dev.millrace.broker.coordinator.group.assignor;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import org.apache.kafka.common.Uuid;

/**
 * Gives members as equal numbers of partitions as their subscriptions allow, and lets them keep of what they have whatever
 * does not stand against that. Where all have subscribed to the same, both come out exactly: numbers differ by one at most,
 * and no other balanced assignment would move less.
 */
public final class UniformAssignor implements Assignor {

    public static final String NAME = "uniform";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, SortedSet<PartitionId>> assign(
            List<Subscriber> subscribers, Map<Uuid, Integer> partitionCounts) {
        boolean alike = subscribers.stream()
                        .map(Subscriber::topicIds)
                        .map(Set::copyOf)
                        .distinct()
                        .count()
                <= 1;
        return alike
                ? new EqualShares(subscribers, partitionCounts).assign()
                : new BalancedShares(subscribers, partitionCounts).assign();
    }
}
