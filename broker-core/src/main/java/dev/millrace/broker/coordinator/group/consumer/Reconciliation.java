package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.consumer.CurrentAssignment.State;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.jspecify.annotations.Nullable;

/**
 * One step of a member towards its target. It gives up what is not in it before it reaches the target's epoch, and gets what
 * is as soon as nobody else has it (KIP-848): so a partition is never two members' at once.
 *
 * @param target what the member is to have, at {@code targetEpoch}
 * @param isTaken whether somebody else has the partition, or may still have it
 * @param owned what the member says it has; null when it says nothing, and so has whatever it was given
 * @param subscribed whether the member has subscribed to the topic
 * @param subscriptionChanged it has just changed its mind: what it does not want it need not wait for a target to give up
 */
record Reconciliation(
        CurrentAssignment current,
        int targetEpoch,
        Set<PartitionId> target,
        Predicate<PartitionId> isTaken,
        @Nullable Set<PartitionId> owned,
        Predicate<Uuid> subscribed,
        boolean subscriptionChanged) {

    CurrentAssignment next() {
        return switch (current.state()) {
            case STABLE -> current.memberEpoch() == targetEpoch ? withoutUnsubscribed() : towardsTarget();
            case UNREVOKED_PARTITIONS -> owns(current.pendingRevocation()) ? withoutUnsubscribed() : towardsTarget();
            case UNRELEASED_PARTITIONS -> towardsTarget();
            case UNKNOWN -> {
                if (owned == null || !owned.isEmpty()) {
                    throw new FencedMemberEpochException(
                            "The member's state was written by a later release and can't be"
                                    + " read; it has to give up all its partitions and join again.");
                }
                yield towardsTarget();
            }
        };
    }

    private boolean owns(Map<PartitionId, Integer> partitions) {
        return owned == null || partitions.keySet().stream().anyMatch(owned::contains);
    }

    private CurrentAssignment withoutUnsubscribed() {
        if (!subscriptionChanged) {
            return current;
        }
        Map<PartitionId, Integer> assigned = new TreeMap<>(current.assigned());
        Map<PartitionId, Integer> revoked = new TreeMap<>(current.pendingRevocation());
        current.assigned().forEach((partition, epoch) -> {
            if (!subscribed.test(partition.topicId())) {
                assigned.remove(partition);
                revoked.put(partition, epoch);
            }
        });
        if (assigned.size() == current.assigned().size()) {
            return current;
        }
        return owns(revoked)
                ? at(current.memberEpoch(), State.UNREVOKED_PARTITIONS, assigned, revoked)
                : at(current.memberEpoch(), current.state(), assigned, Map.of());
    }

    private CurrentAssignment towardsTarget() {
        Map<PartitionId, Integer> assigned = new TreeMap<>();
        Map<PartitionId, Integer> revoked = new TreeMap<>();
        current.assigned().forEach((partition, epoch) -> {
            boolean stays = target.contains(partition) && subscribed.test(partition.topicId());
            (stays ? assigned : revoked).put(partition, epoch);
        });
        if (!revoked.isEmpty() && owns(revoked)) {
            return at(current.memberEpoch(), State.UNREVOKED_PARTITIONS, assigned, revoked);
        }
        boolean waits = false;
        for (PartitionId partition : new TreeSet<>(target)) {
            if (!assigned.containsKey(partition) && subscribed.test(partition.topicId())) {
                if (isTaken.test(partition)) {
                    waits = true;
                } else {
                    assigned.put(partition, targetEpoch);
                }
            }
        }
        return at(targetEpoch, waits ? State.UNRELEASED_PARTITIONS : State.STABLE, assigned, Map.of());
    }

    private CurrentAssignment at(
            int epoch, State state, Map<PartitionId, Integer> assigned, Map<PartitionId, Integer> revoked) {
        return new CurrentAssignment(epoch, current.memberEpoch(), state, assigned, revoked);
    }
}
