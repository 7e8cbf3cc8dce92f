package dev.millrace.broker.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The invariants are in {@link TransactionSimulation}. A seed that fails is printed, and becomes a scenario here. */
class The_simulated_transaction_coordinator {

    private static final int SEEDS = 250;
    private static final int STEPS = 400;

    @Test
    void keeps_its_promises_whatever_happens() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                new TransactionSimulation(seed).run(STEPS);
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
    }

    @Test
    void does_the_same_when_the_same_happens() {
        TransactionSimulation first = new TransactionSimulation(17);
        TransactionSimulation second = new TransactionSimulation(17);
        first.run(STEPS);
        second.run(STEPS);

        assertThat(second.trace()).isEqualTo(first.trace());
        assertThat(first.trace()).contains("crash").contains("markers").contains("END");
    }
}
