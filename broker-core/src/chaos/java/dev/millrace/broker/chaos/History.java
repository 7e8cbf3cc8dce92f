package dev.millrace.broker.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds what producers were told against what a read_committed consumer has seen. */
final class History {

    /** Enough to see what is wrong. */
    private static final int VIOLATIONS_MAX = 50;

    private final List<List<Reading.Seen>> seen;
    private final Map<String, Long> offsets = new HashMap<>();
    private final Map<String, Integer> partitions = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    /** @param seen by partition */
    History(List<List<Reading.Seen>> seen) {
        this.seen = seen;
    }

    private void violated(String what) {
        if (violations.size() < VIOLATIONS_MAX) {
            violations.add(what);
        }
    }

    /** What is wrong; nothing, if all is well. */
    List<String> violations(List<IdempotentLoad> idempotent, List<TransactionalLoad> transactional) {
        for (int partition = 0; partition < seen.size(); partition++) {
            index(partition);
        }
        Set<String> unexplained = new HashSet<>(offsets.keySet());
        for (IdempotentLoad load : idempotent) {
            check(load, unexplained);
        }
        for (TransactionalLoad load : transactional) {
            check(load, unexplained);
        }
        unexplained.forEach(value -> violated("nobody wrote " + value));
        return violations;
    }

    /** Offsets ascend, nothing is there twice, and what a producer wrote is in its order. */
    private void index(int partition) {
        long before = -1;
        Map<String, long[]> latest = new HashMap<>();
        for (Reading.Seen record : seen.get(partition)) {
            if (record.offset() <= before) {
                violated("offset " + record.offset() + " after " + before + " in partition " + partition);
            }
            before = record.offset();
            Long other = offsets.put(record.value(), record.offset());
            if (other != null) {
                violated("doubled: " + record.value() + " at " + other + " and " + record.offset());
            }
            partitions.put(record.value(), partition);
            String[] parts = record.value().split(":");
            long[] numbers = {Long.parseLong(parts[1]), parts.length > 2 ? Long.parseLong(parts[2]) : 0};
            long[] last = latest.put(parts[0], numbers);
            if (last != null && (numbers[0] < last[0] || (numbers[0] == last[0] && numbers[1] < last[1]))) {
                violated("out of order: " + record.value() + " at " + record.offset() + " of partition " + partition);
            }
        }
    }

    private void check(IdempotentLoad load, Set<String> unexplained) {
        List<IdempotentLoad.Sent> sent = load.sent();
        for (int number = 0; number < sent.size(); number++) {
            String value = load.name() + ':' + number;
            unexplained.remove(value);
            IdempotentLoad.Sent told = sent.get(number);
            if (told.offset() == IdempotentLoad.UNKNOWN) {
                continue;
            }
            Long offset = offsets.get(value);
            if (offset == null) {
                violated("lost: " + value + ", acknowledged at " + told);
            } else if (offset != told.offset() || partitions.get(value) != told.partition()) {
                violated("moved: " + value + ", acknowledged at " + told + ", is at " + offset);
            }
        }
    }

    private void check(TransactionalLoad load, Set<String> unexplained) {
        List<TransactionalLoad.Transaction> transactions = load.transactions();
        for (int number = 0; number < transactions.size(); number++) {
            TransactionalLoad.Transaction transaction = transactions.get(number);
            int there = 0;
            for (int i = 0; i < transaction.partitions().size(); i++) {
                String value = load.name() + ':' + number + ':' + i;
                unexplained.remove(value);
                if (transaction.partitions().get(i).equals(partitions.get(value))) {
                    there++;
                }
            }
            int all = transaction.partitions().size();
            String what = load.name() + ':' + number + ", of which " + there + " of " + all + " records are there";
            switch (transaction.outcome()) {
                case COMMITTED -> {
                    if (there < all) {
                        violated("lost: committed " + what);
                    }
                }
                case ABORTED -> {
                    if (there > 0) {
                        violated("seen: aborted " + what);
                    }
                }
                case UNKNOWN -> {
                    if (there > 0 && there < all) {
                        violated("torn: " + what);
                    }
                }
            }
        }
    }
}
