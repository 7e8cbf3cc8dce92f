package dev.millrace.broker.coordinator.group.assignor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;

/**
 * A uniform assignment for members with different subscriptions. What is free goes to whoever has least; then partitions
 * move from members with more to members with less until no single move makes two of them more equal. Every move makes the
 * sum of squares smaller, so there is an end.
 */
final class BalancedShares {

    /** A topic, and who of its subscribers has what of it. */
    private record Shared(Uuid topicId, SortedMap<String, SortedSet<PartitionId>> owned) {}

    private final Map<String, Integer> loads = new TreeMap<>();
    private final Map<String, SortedSet<PartitionId>> before = new HashMap<>();
    private final List<Shared> topics = new ArrayList<>();

    BalancedShares(List<Subscriber> subscribers, Map<Uuid, Integer> partitionCounts) {
        Map<Uuid, Shared> byId = new TreeMap<>();
        for (Subscriber subscriber : subscribers) {
            loads.put(subscriber.memberId(), 0);
            before.put(subscriber.memberId(), new TreeSet<>(subscriber.current()));
            for (Uuid topicId : subscriber.topicIds()) {
                byId.computeIfAbsent(topicId, id -> new Shared(id, new TreeMap<>()))
                        .owned()
                        .put(subscriber.memberId(), new TreeSet<>());
            }
        }
        topics.addAll(byId.values());
        // Those that few can take come first: they have the least choice.
        topics.sort(Comparator.comparingInt((Shared topic) -> topic.owned().size()));
        topics.forEach(topic -> keep(topic, partitionCounts.getOrDefault(topic.topicId(), 0)));
        topics.forEach(topic -> fill(topic, partitionCounts.getOrDefault(topic.topicId(), 0)));
    }

    Map<String, SortedSet<PartitionId>> assign() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Shared topic : topics) {
                moved |= balance(topic);
            }
        }
        Map<String, SortedSet<PartitionId>> assignment = new HashMap<>();
        loads.keySet().forEach(memberId -> assignment.put(memberId, new TreeSet<>()));
        for (Shared topic : topics) {
            topic.owned().forEach((memberId, partitions) -> Objects.requireNonNull(assignment.get(memberId))
                    .addAll(partitions));
        }
        return assignment;
    }

    private void keep(Shared topic, int count) {
        topic.owned().forEach((memberId, partitions) -> {
            for (PartitionId partition : Objects.requireNonNull(before.get(memberId))) {
                if (partition.topicId().equals(topic.topicId()) && partition.partition() < count) {
                    give(topic, memberId, partition);
                }
            }
        });
    }

    private void fill(Shared topic, int count) {
        Set<PartitionId> free = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            free.add(new PartitionId(topic.topicId(), i));
        }
        topic.owned().values().forEach(free::removeAll);
        for (PartitionId partition : free) {
            give(topic, leastLoaded(topic), partition);
        }
    }

    private boolean balance(Shared topic) {
        boolean moved = false;
        while (true) {
            String giver = null;
            for (Map.Entry<String, SortedSet<PartitionId>> owner : topic.owned().entrySet()) {
                if (!owner.getValue().isEmpty() && (giver == null || load(owner.getKey()) > load(giver))) {
                    giver = owner.getKey();
                }
            }
            if (giver == null) {
                return moved;
            }
            String taker = leastLoaded(topic);
            if (load(giver) - load(taker) <= 1) {
                return moved;
            }
            PartitionId partition = choose(topic, giver, taker);
            Objects.requireNonNull(topic.owned().get(giver)).remove(partition);
            loads.merge(giver, -1, Integer::sum);
            give(topic, taker, partition);
            moved = true;
        }
    }

    /** Rather one that was the taker's before, or that was not the giver's: then nothing is moved for the clients. */
    private PartitionId choose(Shared topic, String giver, String taker) {
        SortedSet<PartitionId> candidates = Objects.requireNonNull(topic.owned().get(giver));
        PartitionId foreign = null;
        for (PartitionId candidate : candidates) {
            if (Objects.requireNonNull(before.get(taker)).contains(candidate)) {
                return candidate;
            }
            if (!Objects.requireNonNull(before.get(giver)).contains(candidate)) {
                foreign = candidate;
            }
        }
        return foreign == null ? candidates.last() : foreign;
    }

    private String leastLoaded(Shared topic) {
        String least = topic.owned().firstKey();
        for (String memberId : topic.owned().keySet()) {
            if (load(memberId) < load(least)) {
                least = memberId;
            }
        }
        return least;
    }

    private void give(Shared topic, String memberId, PartitionId partition) {
        Objects.requireNonNull(topic.owned().get(memberId)).add(partition);
        loads.merge(memberId, 1, Integer::sum);
    }

    private int load(String memberId) {
        return Objects.requireNonNull(loads.get(memberId));
    }
}
