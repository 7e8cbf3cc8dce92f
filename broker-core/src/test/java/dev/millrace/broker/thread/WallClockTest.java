package dev.millrace.broker.thread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WallClockTest {

    private long wallMs = 1_000_000;
    private long nanos = -5_000_000_000L;
    private final WallClock clock = new WallClock(() -> wallMs, () -> nanos);

    private long after(long ms, long wallStepMs) {
        nanos += ms * 1_000_000;
        wallMs += ms + wallStepMs;
        return clock.nowMs();
    }

    @Test
    void starts_at_the_wall_clock() {
        assertThat(clock.nowMs()).isEqualTo(1_000_000);
    }

    @Test
    void passes_as_the_monotonic_clock_does() {
        assertThat(after(700, 0)).isEqualTo(1_000_700);
        assertThat(after(700, 0)).isEqualTo(1_001_400);
        assertThat(after(3_600_000, 0)).isEqualTo(4_601_400);
    }

    @Nested
    class After_the_wall_clock_was_set_back {

        @Test
        void never_runs_backwards_and_never_stands_still() {
            long last = after(1_000, -3_600_000);
            for (int i = 0; i < 1_000; i++) {
                long now = after(100, 0);
                assertThat(now - last).isBetween(80L, 100L);
                last = now;
            }
        }

        @Test
        void comes_back_to_it_in_the_end() {
            after(1_000, -500);
            for (int i = 0; i < 10; i++) {
                after(1_000, 0);
            }
            assertThat(clock.nowMs()).isEqualTo(wallMs);
        }
    }

    @Nested
    class After_the_wall_clock_was_set_forward {

        @Test
        void catches_up_gradually_over_a_small_step() {
            long before = after(1_000, 0);
            assertThat(after(1_000, 5_000) - before).isLessThanOrEqualTo(1_100);
            for (int i = 0; i < 60; i++) {
                after(1_000, 0);
            }
            assertThat(clock.nowMs()).isEqualTo(wallMs);
        }

        @Test
        void jumps_over_a_large_one() {
            assertThat(after(1_000, 3_600_000)).isEqualTo(wallMs);
        }
    }
}
