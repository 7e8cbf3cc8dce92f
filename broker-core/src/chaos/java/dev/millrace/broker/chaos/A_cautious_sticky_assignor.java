package dev.millrace.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class A_cautious_sticky_assignor {

    private static final Node NODE = new Node(1, "localhost", 9092);
    private static final List<TopicPartition> PARTITIONS =
            List.of(new TopicPartition("t", 0), new TopicPartition("t", 1));

    @Test
    void gives_nothing_to_a_member_that_wants_nothing() {
        Map<String, Assignment> assignments = assign(new CautiousStickyAssignor(), List.of(), List.of("t"));

        assertThat(assignments.get("m0").partitions()).isEmpty();
        assertThat(assignments.get("m1").partitions()).containsExactlyInAnyOrderElementsOf(PARTITIONS);
    }

    @Test
    void gives_nothing_when_nobody_wants_anything() {
        Map<String, Assignment> assignments = assign(new CautiousStickyAssignor(), List.of(), List.of());

        assertThat(assignments).hasSize(2).allSatisfy((memberId, assignment) -> assertThat(assignment.partitions())
                .isEmpty());
    }

    /** When this fails the clients' own assignor will do. */
    @Test
    void is_needed_still() {
        Map<String, Assignment> assignments = assign(new CooperativeStickyAssignor(), List.of(), List.of("t"));

        assertThat(assignments.get("m0").partitions()).isNotEmpty();
    }

    /** @param wanted by the members, in the order in which the assignor looks at them */
    @SafeVarargs
    private static Map<String, Assignment> assign(ConsumerPartitionAssignor assignor, List<String>... wanted) {
        Map<String, Subscription> subscriptions = new LinkedHashMap<>();
        for (List<String> topics : wanted) {
            subscriptions.put("m" + subscriptions.size(), new Subscription(topics));
        }
        List<PartitionInfo> partitions = PARTITIONS.stream()
                .map(partition -> new PartitionInfo(
                        partition.topic(), partition.partition(), NODE, new Node[] {NODE}, new Node[] {NODE}))
                .toList();
        Cluster cluster = new Cluster("cluster", List.of(NODE), partitions, Set.of(), Set.of());
        return assignor.assign(cluster, new GroupSubscription(subscriptions)).groupAssignment();
    }
}
