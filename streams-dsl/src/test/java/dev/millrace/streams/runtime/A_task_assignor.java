package dev.millrace.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.streams.StreamsBuilder;
import dev.millrace.streams.kstream.Consumed;
import dev.millrace.streams.kstream.Grouped;
import dev.millrace.streams.plan.InternalTopics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class A_task_assignor {

    private static final List<String> TOPICS = List.of("one", "two", "app-g-repartition");
    private static final int PARTITIONS = 4;

    private final TaskAssignor assignor = new TaskAssignor();

    @BeforeEach
    void topology() {
        var builder = new StreamsBuilder();
        builder.stream("one", Consumed.with(Serdes.String(), Serdes.String()))
                .merge(builder.stream("two", Consumed.with(Serdes.String(), Serdes.String())))
                .groupBy(
                        (key, value) -> value,
                        Grouped.with(Serdes.String(), Serdes.String()).withName("g"))
                .count();
        assignor.configure(Map.of(
                TaskAssignor.TOPICS_CONFIG,
                new InternalTopics("app", builder.build().plan())));
    }

    private static Cluster cluster() {
        var node = new Node(1, "localhost", 1);
        var partitions = new ArrayList<PartitionInfo>();
        for (String topic : TOPICS) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                partitions.add(new PartitionInfo(topic, partition, node, new Node[] {node}, new Node[] {node}));
            }
        }
        return new Cluster("id", List.of(node), partitions, Set.of(), Set.of());
    }

    private static Subscription member(List<TopicPartition> owned, int generation) {
        return new Subscription(TOPICS, ByteBuffer.allocate(0), owned, generation, Optional.empty());
    }

    private Map<String, List<TopicPartition>> assign(Map<String, Subscription> members) {
        var result = new HashMap<String, List<TopicPartition>>();
        Map<String, Assignment> assigned =
                assignor.assign(cluster(), new GroupSubscription(members)).groupAssignment();
        assigned.forEach((member, assignment) -> result.put(member, assignment.partitions()));
        return result;
    }

    @Test
    void gives_all_input_of_a_task_to_one_member() {
        Map<String, List<TopicPartition>> assigned =
                assign(Map.of("a", member(List.of(), -1), "b", member(List.of(), -1)));
        for (List<TopicPartition> partitions : assigned.values()) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(partitions.contains(new TopicPartition("one", partition)))
                        .isEqualTo(partitions.contains(new TopicPartition("two", partition)));
            }
        }
    }

    @Test
    void gives_every_partition_to_exactly_one_member() {
        Map<String, List<TopicPartition>> assigned =
                assign(Map.of("a", member(List.of(), -1), "b", member(List.of(), -1), "c", member(List.of(), -1)));
        var all = new HashSet<TopicPartition>();
        assigned.values()
                .forEach(partitions ->
                        partitions.forEach(each -> assertThat(all.add(each)).isTrue()));
        assertThat(all).hasSize(TOPICS.size() * PARTITIONS);
    }

    @Test
    void first_takes_a_task_from_its_owner_and_gives_it_away_in_the_next_round() {
        List<TopicPartition> everything =
                assign(Map.of("a", member(List.of(), -1))).get("a");
        Map<String, List<TopicPartition>> first =
                assign(Map.of("a", member(everything, 1), "b", member(List.of(), -1)));
        assertThat(first.get("b")).isEmpty();
        assertThat(first.get("a")).hasSize(TOPICS.size() * PARTITIONS / 2);
        Map<String, List<TopicPartition>> second =
                assign(Map.of("a", member(first.get("a"), 2), "b", member(List.of(), 2)));
        assertThat(second.get("a")).containsExactlyInAnyOrderElementsOf(first.get("a"));
        assertThat(second.get("b")).hasSize(TOPICS.size() * PARTITIONS / 2);
    }

    @Test
    void believes_the_younger_claim_when_two_members_claim_a_task() {
        List<TopicPartition> everything =
                assign(Map.of("a", member(List.of(), -1))).get("a");
        List<TopicPartition> half = everything.stream()
                .filter(partition -> partition.partition() < PARTITIONS / 2)
                .toList();
        Map<String, List<TopicPartition>> assigned =
                assign(Map.of("stale", member(everything, 3), "true", member(half, 7)));
        assertThat(assigned.get("true")).containsExactlyInAnyOrderElementsOf(half);
    }

    @Test
    void leaves_a_sub_topology_alone_whose_topics_are_missing() {
        var node = new Node(1, "localhost", 1);
        var only = new PartitionInfo("one", 0, node, new Node[] {node}, new Node[] {node});
        var cluster = new Cluster("id", List.of(node), List.of(only), Set.of(), Set.of());
        Map<String, Assignment> assigned = assignor.assign(
                        cluster, new GroupSubscription(Map.of("a", member(List.of(), -1))))
                .groupAssignment();
        assertThat(assigned.get("a").partitions()).containsExactly(new TopicPartition("one", 0));
    }
}
