package dev.millrace.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class The_lines_of_a_log {

    private final LogLimit limit = new LogLimit(2, 5_000);

    @Test
    void are_no_more_than_so_many_a_second() {
        assertThat(limit.admit(5_000)).isZero();
        assertThat(limit.admit(5_999)).isZero();
        assertThat(limit.admit(5_999)).isNegative();
        assertThat(limit.admit(5_999)).isNegative();
    }

    @Test
    void tell_how_many_were_left_out() {
        for (int i = 0; i < 5; i++) {
            limit.admit(5_500);
        }
        assertThat(limit.admit(6_500)).isEqualTo(3);
        assertThat(limit.admit(6_500)).isZero();
        assertThat(limit.admit(6_500)).isNegative();
    }
}
