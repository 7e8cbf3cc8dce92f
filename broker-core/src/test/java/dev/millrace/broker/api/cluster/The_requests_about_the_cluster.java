package dev.millrace.broker.api.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.api.DataRequests;
import java.util.List;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class The_requests_about_the_cluster {

    private final DataRequests requests = new DataRequests();

    @Nested
    class Describe_cluster {

        @Test
        void tells_the_brokers() {
            DescribeClusterResponseData response = requests.ask(
                            new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true),
                            DescribeClusterResponse.class)
                    .data();

            assertThat(response.clusterId()).isEqualTo("the-cluster");
            assertThat(response.brokers()).hasSize(1);
            assertThat(response.clusterAuthorizedOperations()).isPositive();
        }

        @Test
        void is_no_controllers_listener() {
            assertThat(requests.ask(
                                    new DescribeClusterRequestData().setEndpointType((byte) 2),
                                    DescribeClusterResponse.class)
                            .data()
                            .errorCode())
                    .isEqualTo(Errors.MISMATCHED_ENDPOINT_TYPE.code());
        }
    }

    @Test
    void describe_quorum_knows_one_voter() {
        DescribeQuorumRequestData request = new DescribeQuorumRequestData();
        request.topics()
                .add(new DescribeQuorumRequestData.TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0))));

        DescribeQuorumResponseData.PartitionData partition = requests.ask(request, DescribeQuorumResponse.class)
                .data()
                .topics()
                .get(0)
                .partitions()
                .get(0);

        assertThat(partition.leaderId()).isEqualTo(1);
        assertThat(partition.currentVoters()).singleElement().satisfies(voter -> assertThat(voter.replicaDirectoryId())
                .isEqualTo(DataRequests.METADATA_DIRECTORY));
    }
}
