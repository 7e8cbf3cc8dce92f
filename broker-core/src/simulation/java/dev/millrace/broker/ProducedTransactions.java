package dev.millrace.broker;

import dev.millrace.broker.simulation.CommittedRecords;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What producers were promised, to be held against what a reader of committed records finds. */
final class ProducedTransactions {

    /** What a producer may take a transaction for. */
    enum Outcome {
        OPEN,
        COMMITTED,
        ABORTED,
        /** Its commit may have been decided, or not: the producer has never heard. */
        UNKNOWN
    }

    static final class Produced {
        private final String name;
        private final Map<Integer, List<String>> values = new HashMap<>();
        private Outcome outcome = Outcome.OPEN;
        private long offset = -1;

        private Produced(String name) {
            this.name = name;
        }

        void add(int partition, String value) {
            values.computeIfAbsent(partition, none -> new ArrayList<>()).add(value);
        }

        /** Of the consumer whose progress is part of the transaction. */
        void commitsOffset(long newOffset) {
            offset = newOffset;
        }

        void end(Outcome newOutcome) {
            outcome = newOutcome;
        }
    }

    private final Map<String, List<Produced>> byId = new LinkedHashMap<>();

    Produced begin(String transactionalId) {
        List<Produced> ofId = byId.computeIfAbsent(transactionalId, none -> new ArrayList<>());
        Produced begun = new Produced(transactionalId + "/" + ofId.size());
        ofId.add(begun);
        return begun;
    }

    long count(Outcome outcome) {
        return byId.values().stream()
                .flatMap(List::stream)
                .filter(produced -> produced.outcome == outcome)
                .count();
    }

    /** Whole, once, and in order: each partition's committed records are those of the committed transactions, one after the other. */
    void check(SimulatedNode node, int partitions) {
        for (int partition = 0; partition < partitions; partition++) {
            Map<String, List<String>> read = new HashMap<>();
            committed(node, partition).forEach(value -> read.computeIfAbsent(
                            value.substring(0, value.lastIndexOf('/')), none -> new ArrayList<>())
                    .add(value));
            for (List<Produced> ofId : byId.values()) {
                for (Produced produced : ofId) {
                    check(produced, partition, read.getOrDefault(produced.name, List.of()));
                }
            }
        }
    }

    private static void check(Produced produced, int partition, List<String> read) {
        List<String> written = produced.values.getOrDefault(partition, List.of());
        boolean all = read.equals(written);
        boolean none = read.isEmpty();
        boolean kept =
                switch (produced.outcome) {
                    case COMMITTED -> all;
                    case ABORTED -> none;
                    case UNKNOWN -> all || none;
                    case OPEN -> throw new AssertionError(produced.name + " has not ended");
                };
        if (!kept) {
            throw new AssertionError(produced.name + " is " + produced.outcome + ", but of " + written
                    + " in partition " + partition + " " + read + " are read");
        }
    }

    /** The consumer is where the latest committed transaction has put it. */
    void checkOffset(String transactionalId, long read) {
        List<Long> possible = new ArrayList<>();
        List<Produced> latestFirst = new ArrayList<>(byId.getOrDefault(transactionalId, List.of()));
        Collections.reverse(latestFirst);
        for (Produced produced : latestFirst) {
            if (produced.offset >= 0 && produced.outcome != Outcome.ABORTED) {
                possible.add(produced.offset);
                if (produced.outcome == Outcome.COMMITTED) {
                    break;
                }
            }
        }
        boolean certain = latestFirst.stream()
                .anyMatch(produced -> produced.offset >= 0 && produced.outcome == Outcome.COMMITTED);
        if (!possible.contains(read) && (certain || read != -1)) {
            throw new AssertionError(
                    transactionalId + " has committed one of the offsets " + possible + ", but " + read + " is read");
        }
    }

    private static List<String> committed(SimulatedNode node, int partition) {
        List<String> values = new ArrayList<>();
        node.replay(partition, new CommittedRecords(values));
        return values;
    }
}
