package dev.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.security.ClientQuotas.Kind;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Over 11 windows of a second each, as by default. */
class The_quotas_of_clients {

    private static final String USER = "User:ann";

    private final ClientQuotas quotas = new ClientQuotas(11, 1);
    private final Map<ClientQuotaEntity, Map<String, Double>> set = new HashMap<>();

    private void set(Map<String, String> entity, String key, double quota) {
        set.computeIfAbsent(new ClientQuotaEntity(entity), unused -> new HashMap<>())
                .put(key, quota);
        quotas.set(Map.copyOf(set));
    }

    private int produce(String clientId, double bytes, long nowMs) {
        return quotas.use(Kind.PRODUCED_BYTES, USER, clientId, bytes, nowMs);
    }

    @Test
    void hold_nobody_up_when_there_are_none() {
        assertThat(produce("c", 1e12, 0)).isZero();
    }

    @Nested
    class Of_a_hundred_bytes_a_second {

        Of_a_hundred_bytes_a_second() {
            set(Map.of("client-id", "c"), "producer_byte_rate", 100);
        }

        @Test
        void let_a_client_that_was_silent_take_ten_seconds_at_once() {
            assertThat(produce("c", 1000, 50_000)).isZero();
        }

        @Test
        void hold_it_up_until_it_would_have_kept_to_them() {
            // 3000 bytes are 300 a second over ten seconds: in 20 more seconds they are 100.
            assertThat(produce("c", 3000, 50_000)).isEqualTo(20_000);
        }

        @Test
        void forget_what_is_longer_ago_than_all_windows() {
            produce("c", 3000, 50_000);

            assertThat(produce("c", 1000, 62_000)).isZero();
        }

        @Test
        void do_not_concern_other_clients() {
            assertThat(produce("d", 1e6, 50_000)).isZero();
        }

        @Test
        void do_not_concern_what_is_read() {
            assertThat(quotas.use(Kind.FETCHED_BYTES, USER, "c", 1e6, 50_000)).isZero();
        }
    }

    @Test
    void let_the_most_special_one_count() {
        set(Map.of("client-id", "c"), "producer_byte_rate", 1);
        set(Map.of("user", "ann"), "producer_byte_rate", 2);
        set(Map.of("user", "ann", "client-id", "c"), "producer_byte_rate", 1000);

        assertThat(produce("c", 10_000, 0)).isZero();
        assertThat(produce("d", 10_000, 0)).isPositive();
    }

    @Test
    void of_a_user_are_shared_by_its_clients() {
        set(Map.of("user", "ann"), "producer_byte_rate", 100);
        produce("c", 1000, 0);

        assertThat(produce("d", 1000, 0)).isPositive();
    }

    @Test
    void by_default_are_each_clients_own() {
        set(Collections.singletonMap("client-id", null), "producer_byte_rate", 100);
        produce("c", 1000, 0);

        assertThat(produce("d", 1000, 0)).isZero();
    }

    @Test
    void do_not_count_what_was_not_given() {
        set(Map.of("client-id", "c"), "consumer_byte_rate", 100);

        assertThat(quotas.tryUse(Kind.FETCHED_BYTES, USER, "c", 3000, 0)).isPositive();
        assertThat(quotas.tryUse(Kind.FETCHED_BYTES, USER, "c", 1000, 0)).isZero();
    }

    @Test
    void of_time_hold_nobody_up_for_longer_than_a_window() {
        set(Map.of("client-id", "c"), "request_percentage", 0.001);

        assertThat(quotas.use(Kind.REQUEST_PERCENTAGE, USER, "c", 100, 0)).isEqualTo(1000);
    }

    @Nested
    class Of_two_mutations_a_second {

        Of_two_mutations_a_second() {
            set(Map.of("client-id", "c"), "controller_mutation_rate", 2);
        }

        @Test
        void let_one_burst_go_beyond_what_is_left() {
            assertThat(quotas.mutate(USER, "c", 30, true, 0)).isZero();
        }

        @Test
        void refuse_the_next_until_that_is_paid_back() {
            quotas.mutate(USER, "c", 30, true, 0);

            // 22 were there: 8 are owed, of which 2 come back a second.
            assertThat(quotas.mutate(USER, "c", 1, true, 0)).isEqualTo(4000);
            assertThat(quotas.mutate(USER, "c", 1, true, 4000)).isZero();
        }

        @Test
        void hold_up_an_old_client_after_it_got_what_it_wanted() {
            assertThat(quotas.mutate(USER, "c", 30, false, 0)).isEqualTo(4000);
        }
    }
}
