package dev.millrace.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class The_responses_that_are_not_sent {

    private final UnsentResponses unsent = new UnsentResponses(1000);

    @Test
    void may_be_more_for_a_connection_that_has_less_than_is_free() {
        unsent.change(600);
        assertThat(unsent.mayAdd(399)).isTrue();
        assertThat(unsent.mayAdd(400)).isFalse();
        unsent.change(-1);
        assertThat(unsent.mayAdd(400)).isTrue();
    }

    @Test
    void may_always_be_one_for_each_connection() {
        unsent.change(5000);
        assertThat(unsent.mayAdd(0)).isTrue();
        assertThat(unsent.mayAdd(1)).isFalse();
    }
}
