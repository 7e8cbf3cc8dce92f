package dev.millrace.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.security.ClientQuotas;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Over 11 windows of a second each, as by default. */
class The_door_of_a_broker {

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final ClientQuotas quotas = new ClientQuotas(11, 1);

    private Door door(int max, int perHostMax, Map<String, Integer> overrides, int perSecondMax) {
        return new Door(
                new ConnectionLimits(
                        max,
                        perHostMax,
                        overrides,
                        perSecondMax,
                        Map.of("SMALL", new ConnectionLimits.OfListener(1, 5)),
                        "BROKERS"),
                quotas,
                0);
    }

    private static boolean admits(Door door, String listener, String host) {
        return door.enter(listener, host, 0) instanceof Door.Admitted;
    }

    @Test
    void has_no_limits_by_default() {
        Door door = door(NO_LIMIT, NO_LIMIT, Map.of(), NO_LIMIT);
        for (int i = 0; i < 10_000; i++) {
            assertThat(door.arrive("L", 0)).isZero();
            assertThat(door.hasRoom("L")).isTrue();
            assertThat(admits(door, "L", "h")).isTrue();
        }
    }

    @Nested
    class With_room_for_two {

        private final Door door = door(2, NO_LIMIT, Map.of(), NO_LIMIT);

        With_room_for_two() {
            admits(door, "L", "h");
            admits(door, "L", "i");
        }

        @Test
        void has_no_room_for_a_third_until_one_has_left() {
            assertThat(door.hasRoom("L")).isFalse();
            door.leave("L", "h");
            assertThat(door.hasRoom("L")).isTrue();
        }

        @Test
        void has_room_for_a_broker_in_the_place_of_a_client() {
            assertThat(door.hasRoom("BROKERS")).isTrue();
            assertThat(door.tooMany()).isZero();
            admits(door, "BROKERS", "h");
            assertThat(door.tooMany()).isEqualTo(1);
            door.leave("L", "h");
            assertThat(door.tooMany()).isZero();
            assertThat(door.hasRoom("L")).isFalse();
        }

        @Test
        void has_too_many_once_the_limit_is_lowered() {
            door.limit(new ConnectionLimits(1, NO_LIMIT, Map.of(), NO_LIMIT, Map.of(), null));
            assertThat(door.tooMany()).isEqualTo(1);
            assertThat(door.hasRoom("BROKERS")).isFalse();
        }

        @Test
        void has_room_once_the_limit_is_lifted() {
            door.limit(new ConnectionLimits(3, NO_LIMIT, Map.of(), NO_LIMIT, Map.of(), null));
            assertThat(door.hasRoom("L")).isTrue();
        }
    }

    @Test
    void has_limits_for_a_listener_alone() {
        Door door = door(NO_LIMIT, NO_LIMIT, Map.of(), NO_LIMIT);
        admits(door, "SMALL", "h");
        assertThat(door.hasRoom("SMALL")).isFalse();
        assertThat(door.hasRoom("L")).isTrue();
    }

    @Test
    void turns_away_whoever_has_too_many_from_one_address() {
        Door door = door(NO_LIMIT, 1, Map.of("friend", 2, "foe", 0), NO_LIMIT);
        assertThat(admits(door, "L", "h")).isTrue();
        assertThat(admits(door, "L", "h")).isFalse();
        assertThat(admits(door, "L", "i")).isTrue();
        assertThat(admits(door, "L", "friend")).isTrue();
        assertThat(admits(door, "L", "friend")).isTrue();
        assertThat(admits(door, "L", "friend")).isFalse();
        assertThat(admits(door, "L", "foe")).isFalse();
        door.leave("L", "h");
        assertThat(admits(door, "L", "h")).isTrue();
    }

    @Test
    void has_whoever_comes_wait_when_there_were_too_many_of_late() {
        Door door = door(NO_LIMIT, NO_LIMIT, Map.of(), 10);
        int arrived = 0;
        while (door.arrive("L", 0) == 0) {
            arrived++;
        }
        // Ten a second, over ten seconds that were silent.
        assertThat(arrived).isEqualTo(100);
        // 102 in 10 s are 2 % too many, for which it is 200 ms.
        assertThat(door.arrive("L", 0)).isEqualTo(200);
        assertThat(door.arrive("L", 30_000)).isZero();
    }

    @Test
    void has_nobody_wait_for_longer_than_a_window() {
        Door door = door(NO_LIMIT, NO_LIMIT, Map.of(), 1);
        int waitMs = 0;
        for (int i = 0; i < 1_000; i++) {
            waitMs = door.arrive("L", 0);
        }
        assertThat(waitMs).isEqualTo(1_000);
    }

    @Nested
    class With_a_quota_for_addresses {

        private final Door door = door(NO_LIMIT, NO_LIMIT, Map.of(), NO_LIMIT);

        With_a_quota_for_addresses() {
            Map<String, String> byDefault = new HashMap<>(Collections.singletonMap(ClientQuotaEntity.IP, null));
            quotas.set(Map.of(
                    new ClientQuotaEntity(byDefault), Map.of("connection_creation_rate", 1.0),
                    new ClientQuotaEntity(Map.of(ClientQuotaEntity.IP, "busy")),
                            Map.of("connection_creation_rate", 2.0)));
        }

        private int admitted(String host) {
            int count = 0;
            while (admits(door, "L", host)) {
                count++;
            }
            return count;
        }

        @Test
        void lets_each_address_in_so_often_and_keeps_it_for_a_moment_then() {
            assertThat(admitted("h")).isEqualTo(10);
            assertThat(door.enter("L", "h", 0)).isEqualTo(new Door.TurnedAwayLater(1_000));
            assertThat(admitted("i")).isEqualTo(10);
        }

        @Test
        void has_one_address_come_as_often_as_its_own_quota_says() {
            assertThat(admitted("busy")).isEqualTo(20);
        }

        @Test
        void does_not_count_those_that_were_turned_away() {
            assertThat(admitted("h")).isEqualTo(10);
            for (int i = 0; i < 100; i++) {
                door.enter("L", "h", 0);
            }
            assertThat(door.enter("L", "h", 11_000)).isInstanceOf(Door.Admitted.class);
        }
    }
}
