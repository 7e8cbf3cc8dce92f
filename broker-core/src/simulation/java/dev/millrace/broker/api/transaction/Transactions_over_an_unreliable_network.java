package dev.millrace.broker.api.transaction;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * Several writers, two for each transactional id, and a broker that begins new terms. Requests and answers get lost, requests
 * come late and twice. In the end no transaction is torn or hangs, no record of an aborted one is read, none of an
 * acknowledged one is missing or there twice. A seed that fails is printed, and becomes a scenario here.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class Transactions_over_an_unreliable_network {

    private static final int SEEDS = 120;
    private static final int STEPS = 600;
    private static final int IDS = 3;
    private static final int PARTITIONS = 3;

    @Test
    void of_version_2_keep_their_promises() {
        run(seed -> new Run(seed, 2));
    }

    /** Under these versions an end that comes late may hit a later transaction: only records come late here. */
    @Test
    void of_version_1_keep_their_promises_as_long_as_only_records_come_late() {
        run(seed -> new Run(seed, 1));
    }

    @Test
    void keep_their_promises_while_the_version_goes_up_and_down() {
        run(seed -> new Run(seed, 1, 2, 0, 2));
    }

    private interface Setup {
        Run of(long seed);
    }

    private static void run(Setup setup) {
        int committed = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Run run = setup.of(seed);
            try {
                committed += run.run();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
        if (committed < SEEDS * IDS) {
            throw new AssertionError("too few transactions for a claim: " + committed);
        }
    }

    private static final class Run {
        private final Random random;
        private final TransactionalBroker broker;
        private final UnreliableNetwork network;
        private final List<SimulatedWriter> writers = new ArrayList<>();
        private final int[] versions;

        /** @param versions of the feature transaction.version, one after the other */
        Run(long seed, int... versions) {
            this.versions = versions;
            random = new Random(seed);
            broker = new TransactionalBroker(seed, PARTITIONS);
            network = new UnreliableNetwork(broker, random);
            for (int i = 0; i < 2 * IDS; i++) {
                writers.add(new SimulatedWriter(
                        "writer-" + i, "id-" + i % IDS, broker, network, PARTITIONS, versions[0] == 2, random));
            }
        }

        /** Returns how many transactions were committed. */
        int run() {
            for (int version : versions) {
                broker.finalizeTransactionVersion(version);
                writers.forEach(writer -> writer.speak(version == 2));
                for (int i = 0; i < STEPS / versions.length; i++) {
                    step();
                }
            }
            writers.forEach(SimulatedWriter::stop);
            network.calmDown();
            for (int i = 0; i < 200; i++) {
                writers.forEach(SimulatedWriter::act);
                turn(50);
            }
            turn(2 * SimulatedWriter.TIMEOUT_MS);
            turn(2 * SimulatedWriter.TIMEOUT_MS);
            return check();
        }

        private void step() {
            int dice = random.nextInt(100);
            if (dice < 80) {
                // Not all at once: who shares an id would do nothing but fence the other.
                int active = random.nextInt(8) == 0 ? 2 * IDS : IDS;
                writers.get(random.nextInt(active)).act();
            } else if (dice < 97) {
                network.deliverSomethingLate();
            } else if (dice < 98) {
                turn(SimulatedWriter.TIMEOUT_MS);
            } else {
                broker.restart();
            }
            turn(1 + random.nextInt(60));
        }

        private void turn(long ms) {
            broker.loop.advance(ms);
            broker.settle();
            network.deliverAnswers();
            broker.settle();
        }

        private int check() {
            if (!broker.hanging().stream().allMatch(open -> open == 0)) {
                throw new AssertionError("a transaction hangs: " + broker.hanging());
            }
            List<String> read = broker.committedValues();
            Set<String> distinct = new HashSet<>(read);
            if (distinct.size() != read.size()) {
                List<String> twice = new ArrayList<>(read);
                distinct.forEach(twice::remove);
                throw new AssertionError("read twice: " + twice);
            }
            Map<String, Integer> outcomes = new HashMap<>();
            for (SimulatedWriter writer : writers) {
                writer.outcomes().forEach((transaction, outcome) -> {
                    List<String> values = writer.written().getOrDefault(transaction, List.of());
                    check(transaction, outcome, values, distinct);
                    outcomes.merge(outcome.name(), 1, Integer::sum);
                });
            }
            return outcomes.getOrDefault(SimulatedWriter.Outcome.COMMITTED.name(), 0);
        }

        private static void check(
                String transaction, SimulatedWriter.Outcome outcome, List<String> values, Set<String> read) {
            boolean all = read.containsAll(values);
            boolean none = Collections.disjoint(read, values);
            boolean kept =
                    switch (outcome) {
                        case COMMITTED -> all;
                        case ABORTED -> none;
                        case UNKNOWN -> all || none;
                    };
            if (!kept) {
                throw new AssertionError(transaction + " is " + outcome + ", but of " + values + " only "
                        + values.stream().filter(read::contains).toList() + " are read");
            }
        }
    }
}
