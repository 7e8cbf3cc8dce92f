package dev.millrace.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class A_placement {

    private static BrokerImage broker(int id, @Nullable String rack) {
        return new BrokerImage(id, 0, ControllerSpec.id(id), rack, List.of());
    }

    private static List<BrokerImage> brokers(int count) {
        List<BrokerImage> brokers = new ArrayList<>();
        for (int id = 1; id <= count; id++) {
            brokers.add(broker(id, null));
        }
        return brokers;
    }

    private static Map<Integer, Integer> counts(List<List<Integer>> placed, boolean leadersOnly) {
        Map<Integer, Integer> counts = new TreeMap<>();
        placed.forEach(replicas -> replicas.stream()
                .limit(leadersOnly ? 1 : Long.MAX_VALUE)
                .forEach(broker -> counts.merge(broker, 1, Integer::sum)));
        return counts;
    }

    @Test
    void spreads_leaders_evenly() {
        List<List<Integer>> placed = new Placement(brokers(3), new BrokerLoads()).place(9, (short) 1);

        assertThat(counts(placed, true)).isEqualTo(Map.of(1, 3, 2, 3, 3, 3));
    }

    @Test
    void spreads_replicas_evenly_and_never_puts_two_on_one_broker() {
        List<List<Integer>> placed = new Placement(brokers(5), new BrokerLoads()).place(20, (short) 3);

        assertThat(counts(placed, true).values()).containsOnly(4);
        assertThat(counts(placed, false).values())
                .allSatisfy(count -> assertThat(count).isBetween(11, 13));
        assertThat(placed)
                .allSatisfy(replicas -> assertThat(new HashSet<>(replicas)).hasSize(3));
    }

    @Test
    void spreads_topics_of_one_partition_that_come_one_by_one() {
        BrokerLoads loads = new BrokerLoads();
        List<List<Integer>> placed = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            placed.addAll(new Placement(brokers(4), loads).place(1, (short) 2));
        }

        assertThat(counts(placed, true).values()).containsOnly(2);
        assertThat(counts(placed, false).values())
                .allSatisfy(count -> assertThat(count).isBetween(3, 5));
    }

    @Test
    void puts_replicas_into_different_racks() {
        List<BrokerImage> racks =
                List.of(broker(1, "a"), broker(2, "a"), broker(3, "b"), broker(4, "b"), broker(5, "c"), broker(6, "c"));

        List<List<Integer>> placed = new Placement(racks, new BrokerLoads()).place(12, (short) 3);

        assertThat(placed).allSatisfy(replicas -> assertThat(replicas.stream().map(id -> (id - 1) / 2))
                .doesNotHaveDuplicates());
    }

    @Test
    void uses_a_rack_twice_when_there_are_fewer_racks_than_replicas() {
        List<BrokerImage> racks = List.of(broker(1, "a"), broker(2, "a"), broker(3, "b"));

        assertThat(new Placement(racks, new BrokerLoads()).place(1, (short) 3).get(0))
                .containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void fills_up_a_broker_that_came_later() {
        BrokerLoads loads = new BrokerLoads();
        new Placement(brokers(2), loads).place(4, (short) 1);

        List<List<Integer>> placed = new Placement(brokers(3), loads).place(2, (short) 1);

        assertThat(counts(placed, true)).isEqualTo(Map.of(3, 2));
    }

    @Test
    void refuses_more_replicas_than_brokers() {
        assertThatThrownBy(() -> new Placement(brokers(2), new BrokerLoads()).place(1, (short) 3))
                .isInstanceOf(InvalidReplicationFactorException.class);
    }
}
