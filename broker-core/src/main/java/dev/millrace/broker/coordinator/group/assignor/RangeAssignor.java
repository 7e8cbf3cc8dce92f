package dev.millrace.broker.coordinator.group.assignor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;

/**
 * Cuts every topic into ranges, one for each of its subscribers. Where all have subscribed to the same topics and those are
 * of equal size, a member gets the same partition numbers of all of them, as joins need it.
 *
 * <p>It knows no stickiness but that of the order: static members come first, by the instance id that outlives them.
 */
public final class RangeAssignor implements Assignor {

    public static final String NAME = "range";

    private static final Comparator<Subscriber> ORDER = Comparator.comparing(
                    Subscriber::instanceId, Comparator.nullsLast(Comparator.<String>naturalOrder()))
            .thenComparing(Subscriber::memberId);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, SortedSet<PartitionId>> assign(
            List<Subscriber> subscribers, Map<Uuid, Integer> partitionCounts) {
        Map<String, SortedSet<PartitionId>> assignment = new HashMap<>();
        Map<Uuid, List<Subscriber>> byTopic = new HashMap<>();
        List<Subscriber> ordered = new ArrayList<>(subscribers);
        ordered.sort(ORDER);
        for (Subscriber subscriber : ordered) {
            assignment.put(subscriber.memberId(), new TreeSet<>());
            for (Uuid topicId : subscriber.topicIds()) {
                byTopic.computeIfAbsent(topicId, id -> new ArrayList<>()).add(subscriber);
            }
        }
        byTopic.forEach((topicId, topicSubscribers) ->
                cut(topicId, partitionCounts.getOrDefault(topicId, 0), topicSubscribers, assignment));
        return assignment;
    }

    /** The first ranges are longer by one, if it does not come out even. */
    private static void cut(
            Uuid topicId, int partitions, List<Subscriber> members, Map<String, SortedSet<PartitionId>> assignment) {
        int length = partitions / members.size();
        int longer = partitions % members.size();
        int next = 0;
        for (int i = 0; i < members.size(); i++) {
            SortedSet<PartitionId> range =
                    Objects.requireNonNull(assignment.get(members.get(i).memberId()));
            for (int end = next + length + (i < longer ? 1 : 0); next < end; next++) {
                range.add(new PartitionId(topicId, next));
            }
        }
    }
}
