package dev.millrace.broker.coordinator.group.assignor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

final class A_range_assignor {

    private static final Uuid T = new Uuid(0, 1);
    private static final Uuid U = new Uuid(0, 2);

    private final RangeAssignor assignor = new RangeAssignor();

    private static Subscriber subscriber(String id, String instanceId, Uuid... topics) {
        return new Subscriber(id, instanceId, Set.of(topics), Set.of());
    }

    private static String numbers(SortedSet<PartitionId> partitions, Uuid topic) {
        return partitions.stream()
                .filter(partition -> partition.topicId().equals(topic))
                .map(partition -> String.valueOf(partition.partition()))
                .collect(Collectors.joining(" "));
    }

    @Test
    void gives_the_same_numbers_of_topics_of_equal_size() {
        Map<String, SortedSet<PartitionId>> assignment =
                assignor.assign(List.of(subscriber("b", null, T, U), subscriber("a", null, T, U)), Map.of(T, 3, U, 3));

        assertThat(numbers(assignment.get("a"), T)).isEqualTo("0 1");
        assertThat(numbers(assignment.get("a"), U)).isEqualTo("0 1");
        assertThat(numbers(assignment.get("b"), T)).isEqualTo("2");
        assertThat(numbers(assignment.get("b"), U)).isEqualTo("2");
    }

    @Test
    void puts_static_members_first_by_their_instance() {
        Map<String, SortedSet<PartitionId>> assignment = assignor.assign(
                List.of(subscriber("a", null, T), subscriber("z", "i1", T), subscriber("y", "i2", T)), Map.of(T, 3));

        assertThat(numbers(assignment.get("z"), T)).isEqualTo("0");
        assertThat(numbers(assignment.get("y"), T)).isEqualTo("1");
        assertThat(numbers(assignment.get("a"), T)).isEqualTo("2");
    }

    @Test
    void cuts_a_topic_for_its_subscribers_only() {
        Map<String, SortedSet<PartitionId>> assignment = assignor.assign(
                List.of(subscriber("a", null, T), subscriber("b", null, T, U), subscriber("c", null, U)),
                Map.of(T, 4, U, 1));

        assertThat(numbers(assignment.get("a"), T)).isEqualTo("0 1");
        assertThat(numbers(assignment.get("b"), T)).isEqualTo("2 3");
        assertThat(numbers(assignment.get("b"), U)).isEqualTo("0");
        assertThat(assignment.get("c")).isEmpty();
    }
}
