package dev.millrace.broker.coordinator.group.assignor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

final class A_uniform_assignor {

    private static final Uuid T = new Uuid(0, 1);
    private static final Uuid U = new Uuid(0, 2);

    private final UniformAssignor assignor = new UniformAssignor();

    private static Subscriber subscriber(String id, Set<Uuid> topics, PartitionId... current) {
        return new Subscriber(id, null, topics, new TreeSet<>(List.of(current)));
    }

    private static PartitionId t(int partition) {
        return new PartitionId(T, partition);
    }

    private static PartitionId u(int partition) {
        return new PartitionId(U, partition);
    }

    @Test
    void gives_equal_shares_to_equal_subscribers() {
        Map<String, SortedSet<PartitionId>> assignment = assignor.assign(
                List.of(subscriber("a", Set.of(T, U)), subscriber("b", Set.of(T, U))), Map.of(T, 3, U, 2));

        assertThat(assignment.get("a")).hasSize(3);
        assertThat(assignment.get("b")).hasSize(2);
    }

    @Test
    void takes_from_those_who_have_only_what_a_newcomer_needs() {
        Map<String, SortedSet<PartitionId>> assignment = assignor.assign(
                List.of(
                        subscriber("a", Set.of(T), t(0), t(1), t(2)),
                        subscriber("b", Set.of(T), t(3), t(4), t(5)),
                        subscriber("c", Set.of(T))),
                Map.of(T, 6));

        assertThat(assignment.get("a")).containsExactly(t(0), t(1));
        assertThat(assignment.get("b")).containsExactly(t(3), t(4));
        assertThat(assignment.get("c")).containsExactly(t(2), t(5));
    }

    @Test
    void leaves_the_larger_share_to_whoever_has_it() {
        Map<String, SortedSet<PartitionId>> assignment = assignor.assign(
                List.of(subscriber("a", Set.of(T), t(0)), subscriber("b", Set.of(T), t(1), t(2))), Map.of(T, 3));

        assertThat(assignment.get("b")).containsExactly(t(1), t(2));
    }

    @Test
    void takes_away_what_a_member_does_not_read_any_more() {
        Map<String, SortedSet<PartitionId>> assignment = assignor.assign(
                List.of(subscriber("a", Set.of(U), t(0), t(1)), subscriber("b", Set.of(T))), Map.of(T, 2, U, 1));

        assertThat(assignment.get("a")).containsExactly(u(0));
        assertThat(assignment.get("b")).containsExactly(t(0), t(1));
    }

    @Test
    void gives_what_many_read_to_those_who_have_little_else() {
        Map<String, SortedSet<PartitionId>> assignment =
                assignor.assign(List.of(subscriber("a", Set.of(T, U)), subscriber("b", Set.of(U))), Map.of(T, 4, U, 3));

        assertThat(assignment.get("a")).containsExactly(t(0), t(1), t(2), t(3));
        assertThat(assignment.get("b")).containsExactly(u(0), u(1), u(2));
    }

    @Test
    void moves_what_is_shared_from_those_who_came_to_have_more() {
        Map<String, SortedSet<PartitionId>> assignment = assignor.assign(
                List.of(
                        subscriber("a", Set.of(T, U), u(0), u(1), u(2), u(3)),
                        subscriber("b", Set.of(U)),
                        subscriber("c", Set.of(T))),
                Map.of(T, 1, U, 4));

        assertThat(assignment.get("a")).hasSize(2);
        assertThat(assignment.get("b")).hasSize(2);
        assertThat(assignment.get("c")).containsExactly(t(0));
    }

    @Test
    void has_nothing_to_give_without_topics() {
        assertThat(assignor.assign(List.of(subscriber("a", Set.of(), t(0))), Map.of()))
                .isEqualTo(Map.of("a", Set.of()));
    }

    /** Whatever the members had before, and whatever of it is still there. */
    @Property(tries = 300)
    void gives_every_partition_to_one_of_its_subscribers(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 7) Integer> subscriptions,
            @ForAll @Size(3) List<@IntRange(max = 7) Integer> counts,
            @ForAll @Size(max = 20) List<@IntRange(max = 100) Integer> held) {
        Map<Uuid, Integer> partitionCounts = new HashMap<>();
        for (int i = 0; i < counts.size(); i++) {
            partitionCounts.put(new Uuid(1, i), counts.get(i));
        }
        List<Subscriber> subscribers = new ArrayList<>();
        Set<PartitionId> taken = new HashSet<>();
        for (int i = 0; i < subscriptions.size(); i++) {
            Set<Uuid> topics = new HashSet<>();
            for (int topic = 0; topic < counts.size(); topic++) {
                if ((subscriptions.get(i) >> topic & 1) == 1) {
                    topics.add(new Uuid(1, topic));
                }
            }
            Set<PartitionId> current = new TreeSet<>();
            for (int hold : held) {
                PartitionId partition = new PartitionId(new Uuid(1, hold % 3), hold / 12);
                if (hold % subscriptions.size() == i && taken.add(partition)) {
                    current.add(partition);
                }
            }
            subscribers.add(new Subscriber("m" + i, null, topics, current));
        }

        Map<String, SortedSet<PartitionId>> assignment = assignor.assign(subscribers, partitionCounts);

        List<PartitionId> given =
                assignment.values().stream().flatMap(Collection::stream).toList();
        assertThat(given).doesNotHaveDuplicates();
        Set<PartitionId> wanted = new HashSet<>();
        for (Subscriber subscriber : subscribers) {
            for (Uuid topicId : subscriber.topicIds()) {
                for (int i = 0; i < partitionCounts.get(topicId); i++) {
                    wanted.add(new PartitionId(topicId, i));
                }
            }
            assertThat(assignment.get(subscriber.memberId()))
                    .allMatch(partition -> subscriber.topicIds().contains(partition.topicId()));
        }
        assertThat(new HashSet<>(given)).isEqualTo(wanted);
        noSingleMoveMakesTwoMoreEqual(subscribers, assignment);
        assertThat(assignor.assign(again(subscribers, assignment), partitionCounts))
                .as("the same once more, when everybody has it")
                .isEqualTo(assignment);
    }

    private static void noSingleMoveMakesTwoMoreEqual(
            List<Subscriber> subscribers, Map<String, SortedSet<PartitionId>> assignment) {
        for (Subscriber giver : subscribers) {
            for (PartitionId partition : assignment.get(giver.memberId())) {
                for (Subscriber taker : subscribers) {
                    if (taker.topicIds().contains(partition.topicId())) {
                        assertThat(assignment.get(giver.memberId()).size()
                                        - assignment.get(taker.memberId()).size())
                                .isLessThanOrEqualTo(1);
                    }
                }
            }
        }
    }

    private static List<Subscriber> again(
            List<Subscriber> subscribers, Map<String, SortedSet<PartitionId>> assignment) {
        return subscribers.stream()
                .map(subscriber -> new Subscriber(
                        subscriber.memberId(), null, subscriber.topicIds(), assignment.get(subscriber.memberId())))
                .toList();
    }
}
