package dev.millrace.broker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code -Dgroups.seed=N} runs one more seed. */
final class The_consumer_groups_under_random_clients {

    private static final int STEPS = 300;

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 20), LongStream.of(Long.getLong("groups.seed", 61)));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keep_their_promises_and_settle(long seed) {
        run(seed, false);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keep_their_promises_while_they_change_their_protocol(long seed) {
        run(seed, true);
    }

    /** It has nothing to give up any more, and nothing to be removed for but its session. */
    @Test
    void wait_for_no_revocation_of_an_instance_that_has_left() {
        run(1009, false);
        run(1037, false);
        run(1047, true);
    }

    /** That client is no member yet. */
    @Test
    void let_a_consumer_in_where_a_classic_client_was_given_an_id() {
        run(22, true);
        run(24, true);
    }

    private static void run(long seed, boolean mixed) {
        ConsumerGroupSimulation simulation = new ConsumerGroupSimulation(seed, mixed);
        try {
            simulation.run(STEPS);
            simulation.settle();
        } catch (Throwable failure) {
            throw new AssertionError("seed " + seed + " fails after\n" + simulation.trace(), failure);
        }
    }

    @Test
    void do_the_same_for_the_same_seed() {
        ConsumerGroupSimulation first = new ConsumerGroupSimulation(7, true);
        ConsumerGroupSimulation second = new ConsumerGroupSimulation(7, true);
        first.run(STEPS);
        second.run(STEPS);

        assertThat(second.trace()).isEqualTo(first.trace());
    }
}
