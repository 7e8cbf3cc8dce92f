package dev.millrace.broker.coordinator.group.assignor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;

/** A uniform assignment for members that have all subscribed to the same topics. */
final class EqualShares {

    private final List<Subscriber> subscribers;
    private final Map<Uuid, Integer> partitionCounts;
    private final Set<PartitionId> left = new TreeSet<>();
    private final Map<String, SortedSet<PartitionId>> assignment = new HashMap<>();

    EqualShares(List<Subscriber> subscribers, Map<Uuid, Integer> partitionCounts) {
        this.subscribers = new ArrayList<>(subscribers);
        this.partitionCounts = partitionCounts;
    }

    Map<String, SortedSet<PartitionId>> assign() {
        if (subscribers.isEmpty()) {
            return assignment;
        }
        for (Uuid topicId : subscribers.get(0).topicIds()) {
            for (int i = 0; i < partitionCounts.getOrDefault(topicId, 0); i++) {
                left.add(new PartitionId(topicId, i));
            }
        }
        int share = left.size() / subscribers.size();
        int larger = left.size() % subscribers.size();
        // Whoever has most may keep most: the larger shares go to those who then have to give up the least.
        Map<String, Integer> kept = new HashMap<>();
        for (Subscriber subscriber : subscribers) {
            kept.put(subscriber.memberId(), (int)
                    subscriber.current().stream().filter(left::contains).count());
        }
        subscribers.sort(Comparator.<Subscriber>comparingInt(
                        subscriber -> -Objects.requireNonNull(kept.get(subscriber.memberId())))
                .thenComparing(Subscriber::memberId));
        Map<String, Integer> quotas = new HashMap<>();
        for (int i = 0; i < subscribers.size(); i++) {
            quotas.put(subscribers.get(i).memberId(), share + (i < larger ? 1 : 0));
        }
        subscribers.forEach(subscriber -> keep(subscriber, Objects.requireNonNull(quotas.get(subscriber.memberId()))));
        Deque<PartitionId> unassigned = new ArrayDeque<>(left);
        for (Subscriber subscriber : subscribers) {
            SortedSet<PartitionId> partitions = Objects.requireNonNull(assignment.get(subscriber.memberId()));
            while (partitions.size() < Objects.requireNonNull(quotas.get(subscriber.memberId()))) {
                partitions.add(unassigned.remove());
            }
        }
        return assignment;
    }

    private void keep(Subscriber subscriber, int quota) {
        SortedSet<PartitionId> partitions = new TreeSet<>();
        for (PartitionId partition : new TreeSet<>(subscriber.current())) {
            if (partitions.size() < quota && left.remove(partition)) {
                partitions.add(partition);
            }
        }
        assignment.put(subscriber.memberId(), partitions);
    }
}
