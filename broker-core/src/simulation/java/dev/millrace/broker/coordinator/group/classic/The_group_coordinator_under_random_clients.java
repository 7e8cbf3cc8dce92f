package dev.millrace.broker.coordinator.group.classic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code -Dgroups.seed=N} runs one more seed. */
final class The_group_coordinator_under_random_clients {

    private static final int STEPS = 400;

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 30), LongStream.of(Long.getLong("groups.seed", 61)));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keeps_its_promises_and_settles(long seed) {
        GroupSimulation simulation = new GroupSimulation(seed);
        try {
            simulation.run(STEPS);
            simulation.settle();
        } catch (Throwable failure) {
            throw new AssertionError("seed " + seed + " fails after\n" + simulation.trace(), failure);
        }
    }

    @Test
    void does_the_same_for_the_same_seed() {
        GroupSimulation first = new GroupSimulation(7);
        GroupSimulation second = new GroupSimulation(7);
        first.run(STEPS);
        second.run(STEPS);

        assertThat(second.trace()).isEqualTo(first.trace());
    }
}
