package dev.millrace.broker.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * What an observer of a group's members knows: which records they have processed, and which commits were accepted from whom.
 * Any thread.
 */
final class ProcessedRecords {

    /** Who has committed, as of when: a static member is the same one, whatever its member id. */
    private record Owner(String name, int epoch) {}

    private final Map<TopicPartition, Set<Long>> processed = new HashMap<>();
    private final Map<TopicPartition, Map<Integer, String>> owners = new HashMap<>();
    private final Map<TopicPartition, Owner> latest = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long count;

    synchronized void add(TopicPartition partition, long offset) {
        if (processed.computeIfAbsent(partition, unused -> new HashSet<>()).add(offset)) {
            count++;
        }
    }

    /** Each record once, however often it was processed. */
    synchronized long count() {
        return count;
    }

    synchronized boolean has(TopicPartition partition, long offset) {
        return processed.getOrDefault(partition, Set.of()).contains(offset);
    }

    /** The latest epoch in which a commit for the partition was accepted; -1 when there was none. */
    synchronized int latestEpoch(TopicPartition partition) {
        Owner owner = latest.get(partition);
        return owner == null ? -1 : owner.epoch();
    }

    /** @param latestEpochBefore as of before the commit was sent */
    synchronized void onCommitted(TopicPartition partition, String owner, int epoch, int latestEpochBefore) {
        String other =
                owners.computeIfAbsent(partition, unused -> new HashMap<>()).putIfAbsent(epoch, owner);
        if (other != null && !other.equals(owner)) {
            violations.add(partition + " is owned by " + other + " and " + owner + " in epoch " + epoch);
        }
        if (epoch < latestEpochBefore) {
            violations.add("a commit for " + partition + " was accepted from " + owner + " of epoch " + epoch
                    + " after " + latest.get(partition));
        }
        if (epoch >= latestEpoch(partition)) {
            latest.put(partition, new Owner(owner, epoch));
        }
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }
}
