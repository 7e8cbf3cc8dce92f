package dev.millrace.broker.api.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.api.DataRequests;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;
import org.junit.jupiter.api.Test;

class The_requests_about_replicas {

    private final DataRequests requests = new DataRequests();

    @Test
    void describe_log_dirs_tells_what_lies_where() {
        requests.createTopic("orders", 2);

        List<DescribeLogDirsResponseData.DescribeLogDirsResult> results = requests.ask(
                        new DescribeLogDirsRequestData().setTopics(null), DescribeLogDirsResponse.class)
                .data()
                .results();

        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.logDir()).isEqualTo(requests.disk.describe(""));
            assertThat(result.topics().get(0).partitions()).hasSize(2);
        });
    }

    @Test
    void describe_log_dirs_tells_which_are_cordoned() {
        DataRequests cordoned = new DataRequests(Map.of("cordoned.log.dirs", "*"));

        for (DataRequests each : List.of(requests, cordoned)) {
            assertThat(each.ask(new DescribeLogDirsRequestData(), DescribeLogDirsResponse.class)
                            .data()
                            .results())
                    .singleElement()
                    .satisfies(result -> assertThat(result.isCordoned()).isEqualTo(each == cordoned));
        }
    }

    @Test
    void describe_log_dirs_tells_both_when_a_topic_is_named_twice() {
        requests.createTopic("orders", 2);
        DescribeLogDirsRequestData request = new DescribeLogDirsRequestData();
        for (int partition = 0; partition < 2; partition++) {
            request.topics()
                    .mustAdd(new DescribeLogDirsRequestData.DescribableLogDirTopic()
                            .setTopic("orders")
                            .setPartitions(List.of(partition)));
        }

        assertThat(requests.ask(request, DescribeLogDirsResponse.class)
                        .data()
                        .results()
                        .get(0)
                        .topics()
                        .get(0)
                        .partitions())
                .extracting(DescribeLogDirsResponseData.DescribeLogDirsPartition::partitionIndex)
                .containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void an_election_of_all_partitions_names_every_topic_and_no_partition() {
        requests.createTopic("orders", 1);
        ElectLeadersRequestData request = new ElectLeadersRequestData().setTopicPartitions(null);

        assertThat(requests.ask(request, ElectLeadersResponse.class).data().replicaElectionResults())
                .singleElement()
                .satisfies(result -> {
                    assertThat(result.topic()).isEqualTo("orders");
                    assertThat(result.partitionResult()).isEmpty();
                });
    }

    @Test
    void no_partition_is_being_moved() {
        assertThat(requests.ask(new ListPartitionReassignmentsRequestData(), ListPartitionReassignmentsResponse.class)
                        .data()
                        .topics())
                .isEmpty();
    }

    @Test
    void no_leader_needs_to_be_elected() {
        requests.createTopic("orders", 1);
        ElectLeadersRequestData request = new ElectLeadersRequestData();
        request.topicPartitions()
                .add(new ElectLeadersRequestData.TopicPartitions()
                        .setTopic("orders")
                        .setPartitions(List.of(0, 1)));

        assertThat(requests.ask(request, ElectLeadersResponse.class)
                        .data()
                        .replicaElectionResults()
                        .get(0)
                        .partitionResult())
                .extracting(result -> Errors.forCode(result.errorCode()))
                .containsExactly(Errors.ELECTION_NOT_NEEDED, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
}
