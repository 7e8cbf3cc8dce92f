package dev.millrace.broker.chaos;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.Cluster;

/**
 * Leaves members out that want no topic, and gives them nothing.
 *
 * <p>The sticky assignors of the Java clients, up to 4.3.1 at least, take all subscriptions for equal when those that name
 * no topic come first in a map whose order follows from the member ids. They then deal partitions to those members too,
 * who refuse them and join again, time after time: a group that never settles, and partitions that nobody reads, whoever
 * the broker is.
 *
 * <p>Members that are left out own nothing that others could get too early: before a member joins it lets go of what it
 * does not want any more.
 */
public final class CautiousStickyAssignor extends CooperativeStickyAssignor {

    @Override
    public GroupAssignment assign(Cluster metadata, GroupSubscription groupSubscription) {
        Map<String, Subscription> wanting = new HashMap<>();
        Map<String, Assignment> assignments = new HashMap<>();
        groupSubscription.groupSubscription().forEach((memberId, subscription) -> {
            if (subscription.topics().isEmpty()) {
                assignments.put(memberId, new Assignment(List.of()));
            } else {
                wanting.put(memberId, subscription);
            }
        });
        if (!wanting.isEmpty()) {
            assignments.putAll(
                    super.assign(metadata, new GroupSubscription(wanting)).groupAssignment());
        }
        return new GroupAssignment(assignments);
    }
}
