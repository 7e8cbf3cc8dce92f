package dev.millrace.broker;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * What the Java client asks for, in thousands of orders, while connections break, loops are held up, disks fill, coordinators
 * move and the broker is killed. No client that keeps to the protocol is told that it does not; each is answered; no record of
 * an aborted transaction is read and none of a committed one is missing; nothing hangs. How many orders are tried is said by
 * {@code -Dmillrace.simulation.seeds}, how long each is by {@code -Dmillrace.simulation.turns}, and the first of them by
 * {@code -Dmillrace.simulation.seed}; a seed that fails is printed, with what happened last.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class The_transactions_of_Java_producers {

    private static final int SEEDS = Integer.getInteger("millrace.simulation.seeds", 25);
    private static final long FIRST_SEED = Long.getLong("millrace.simulation.seed", 0);
    private static final int TURNS = Integer.getInteger("millrace.simulation.turns", 1_500);

    /** Warns of each disk that is full; held here, or the level would be forgotten. */
    private static final Logger PARTITIONS = Logger.getLogger("dev.millrace.broker.partition");

    @BeforeAll
    static void calm() {
        PARTITIONS.setLevel(Level.SEVERE);
    }

    @AfterAll
    static void loud() {
        PARTITIONS.setLevel(null);
    }

    @Test
    void of_version_2_keep_their_promises() {
        run(List.of(2), false);
    }

    @Test
    void of_version_1_keep_their_promises() {
        run(List.of(1), false);
    }

    @Test
    void keep_their_promises_while_the_version_goes_up_and_down() {
        run(List.of(1, 2, 0, 2, 1), false);
    }

    @Test
    void of_version_2_keep_their_promises_when_they_come_to_their_time_outs() {
        run(List.of(2), true);
    }

    @Test
    void of_version_1_keep_their_promises_when_they_come_to_their_time_outs() {
        run(List.of(1), true);
    }

    private static void run(List<Integer> levels, boolean timesOut) {
        long committed = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            int producers = 1 + (int) Math.floorMod(seed, 4L);
            SimulatedProducers run = new SimulatedProducers(
                    seed, new SimulatedProducers.Plan(levels, producers, TURNS, seed % 3 == 0, timesOut));
            try {
                run.run();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage() + "\n" + run.trace(), failure);
            }
            committed += run.committed();
        }
        if (committed < 2L * SEEDS) {
            throw new AssertionError("too few transactions for a claim: " + committed);
        }
    }
}
