package dev.millrace.broker.api.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.api.DataRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreatePartitionsResponse;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DeleteTopicsResponse;
import org.apache.kafka.common.requests.DescribeTopicPartitionsResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class The_requests_about_topics {

    private final DataRequests requests = new DataRequests();

    @Nested
    class Metadata {

        private MetadataRequestData about(String... names) {
            MetadataRequestData request = new MetadataRequestData().setAllowAutoTopicCreation(false);
            request.setTopics(new ArrayList<>());
            for (String name : names) {
                request.topics().add(new MetadataRequestData.MetadataRequestTopic().setName(name));
            }
            return request;
        }

        private MetadataResponseTopic ask(int version, MetadataRequestData request) {
            return requests.ask(request, version, MetadataResponse.class)
                    .data()
                    .topics()
                    .iterator()
                    .next();
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 4, 5, 8, 10, 13})
        void tells_who_leads_what_and_where(int version) {
            requests.createTopic("orders", 2);

            MetadataResponseData response = requests.ask(
                            about("orders").setAllowAutoTopicCreation(version < 4), version, MetadataResponse.class)
                    .data();

            assertThat(response.brokers())
                    .singleElement()
                    .isEqualTo(new MetadataResponseData.MetadataResponseBroker()
                            .setNodeId(1)
                            .setHost("inside")
                            .setPort(9092)
                            .setRack("rack-1"));
            assertThat(response.controllerId()).isEqualTo(1);
            MetadataResponseTopic topic = response.topics().iterator().next();
            assertThat(topic.partitions())
                    .extracting(MetadataResponseData.MetadataResponsePartition::leaderId)
                    .containsExactly(1, 1);
        }

        @Test
        void names_the_address_of_the_listener_that_the_client_came_in_by() {
            MetadataResponseData response = requests.send(about(), 13, "EXTERNAL")
                    .read(MetadataResponse.class)
                    .data();

            assertThat(response.brokers().iterator().next().host()).isEqualTo("outside");
            assertThat(response.clusterId()).isEqualTo("the-cluster");
        }

        @Test
        void tells_of_all_topics_or_of_none() {
            requests.createTopic("orders", 1);
            requests.createTopic("users", 1);

            assertThat(requests.ask(about().setTopics(null), MetadataResponse.class)
                            .data()
                            .topics())
                    .hasSize(2);
            assertThat(requests.ask(about(), MetadataResponse.class).data().topics())
                    .isEmpty();
            assertThat(requests.ask(about().setAllowAutoTopicCreation(true), 0, MetadataResponse.class)
                            .data()
                            .topics())
                    .as("in version 0 an empty list means all")
                    .hasSize(2);
        }

        @Test
        void finds_a_topic_by_its_id() {
            Uuid id = requests.createTopic("orders", 1);
            MetadataRequestData request = about();
            request.topics()
                    .add(new MetadataRequestData.MetadataRequestTopic()
                            .setName(null)
                            .setTopicId(id));
            request.topics()
                    .add(new MetadataRequestData.MetadataRequestTopic()
                            .setName("")
                            .setTopicId(new Uuid(3, 3)));

            List<MetadataResponseTopic> topics = new ArrayList<>(
                    requests.ask(request, MetadataResponse.class).data().topics());

            assertThat(topics.get(0).name()).isEqualTo("orders");
            assertThat(topics.get(1).name()).isNull();
            assertThat(topics.get(1).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        }

        @Test
        void tells_that_a_topic_is_not_there_or_can_not_be() {
            assertThat(ask(13, about("nothing")).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            assertThat(ask(13, about("no name")).errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        }

        @Test
        void creates_a_topic_when_client_and_settings_agree_and_tells_of_it_when_asked_again() {
            assertThat(ask(13, about("fresh").setAllowAutoTopicCreation(true)).errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());

            MetadataResponseTopic topic = ask(13, about("fresh").setAllowAutoTopicCreation(true));

            assertThat(topic.errorCode()).isZero();
            assertThat(topic.partitions()).hasSize(1);
            assertThat(requests.partition(topic.topicId(), 0).logEndOffset()).isZero();
        }

        @Test
        void creates_nothing_when_the_settings_say_so() {
            DataRequests strict = new DataRequests(Map.of("auto.create.topics.enable", "false"));

            assertThat(strict.ask(about("fresh").setAllowAutoTopicCreation(true), MetadataResponse.class)
                            .errors())
                    .containsEntry("fresh", Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }

        @Test
        void tells_why_a_topic_could_not_be_created() {
            requests.createTopic("a.b", 1);

            assertThat(ask(13, about("a_b").setAllowAutoTopicCreation(true)).errorCode())
                    .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        }

        @Test
        void creates_a_coordinators_topic_with_the_settings_that_it_needs() {
            ask(13, about("__consumer_offsets").setAllowAutoTopicCreation(true));

            MetadataResponseTopic topic = ask(13, about("__consumer_offsets"));

            assertThat(topic.isInternal()).isTrue();
            assertThat(topic.partitions()).hasSize(3);
            assertThat(requests.metadata
                            .image()
                            .configs(new ConfigResource(ConfigResource.Type.TOPIC, "__consumer_offsets")))
                    .containsEntry("cleanup.policy", "compact");
        }

        @Test
        void tells_what_the_client_may_do_only_when_it_asks() {
            requests.createTopic("orders", 1);

            assertThat(ask(13, about("orders")).topicAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
            assertThat(ask(13, about("orders").setIncludeTopicAuthorizedOperations(true))
                            .topicAuthorizedOperations())
                    .isEqualTo(0b0000_1101_1111_1000);
        }
    }

    @Nested
    class Create_topics {

        private CreatableTopicResult create(int version, CreateTopicsRequestData.CreatableTopic topic) {
            CreateTopicsRequestData request = new CreateTopicsRequestData();
            request.topics().add(topic);
            return requests.ask(request, version, CreateTopicsResponse.class)
                    .data()
                    .topics()
                    .iterator()
                    .next();
        }

        private static CreateTopicsRequestData.CreatableTopic topic(String name, int partitions, int replicas) {
            return new CreateTopicsRequestData.CreatableTopic()
                    .setName(name)
                    .setNumPartitions(partitions)
                    .setReplicationFactor((short) replicas);
        }

        @ParameterizedTest
        @ValueSource(ints = {2, 4, 5, 7})
        void answers_when_the_partitions_can_be_written_to(int version) {
            CreatableTopicResult result = create(version, topic("orders", 2, 1));

            assertThat(result.errorCode()).isZero();
            Uuid id = requests.metadata.image().topic("orders").id();
            assertThat(requests.partition(id, 1).logEndOffset()).isZero();
        }

        @Test
        void tells_the_settings_that_the_topic_got() {
            CreateTopicsRequestData.CreatableTopic topic = topic("orders", 1, 1);
            topic.configs()
                    .add(new CreateTopicsRequestData.CreatableTopicConfig()
                            .setName("retention.ms")
                            .setValue("5"));

            List<CreatableTopicConfigs> configs = create(7, topic).configs();

            assertThat(configs).hasSize(33);
            assertThat(configs)
                    .filteredOn(config -> config.name().equals("retention.ms"))
                    .singleElement()
                    .satisfies(config -> assertThat(config.value()).isEqualTo("5"))
                    .satisfies(config -> assertThat(config.configSource()).isEqualTo((byte) 1));
        }

        @Test
        void tells_why_not() {
            CreatableTopicResult result = create(7, topic("orders", 1, 3));

            assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
            assertThat(result.errorMessage()).contains("only 1 broker(s)");
            assertThat(result.topicId()).isEqualTo(Uuid.ZERO_UUID);
        }
    }

    @Nested
    class Delete_topics {

        @ParameterizedTest
        @ValueSource(ints = {1, 5, 6})
        void deletes_by_name_in_every_version(int version) {
            requests.createTopic("orders", 1);
            DeleteTopicsRequestData request = new DeleteTopicsRequestData();
            if (version < 6) {
                request.setTopicNames(List.of("orders"));
            } else {
                request.topics().add(new DeleteTopicsRequestData.DeleteTopicState().setName("orders"));
            }

            DeletableTopicResult result = requests.ask(request, version, DeleteTopicsResponse.class)
                    .data()
                    .responses()
                    .iterator()
                    .next();

            assertThat(result.errorCode()).isZero();
            assertThat(requests.metadata.image().topics()).isEmpty();
            assertThat(requests.disk.list("")).isEmpty();
        }

        @Test
        void deletes_by_id() {
            Uuid id = requests.createTopic("orders", 1);
            DeleteTopicsRequestData request = new DeleteTopicsRequestData();
            request.topics()
                    .add(new DeleteTopicsRequestData.DeleteTopicState()
                            .setName(null)
                            .setTopicId(id));

            assertThat(requests.ask(request, DeleteTopicsResponse.class)
                            .data()
                            .responses()
                            .iterator()
                            .next()
                            .name())
                    .isEqualTo("orders");
        }
    }

    @Test
    void create_partitions_answers_for_each_topic() {
        requests.createTopic("orders", 1);
        CreatePartitionsRequestData request = new CreatePartitionsRequestData();
        request.topics()
                .add(new CreatePartitionsRequestData.CreatePartitionsTopic()
                        .setName("orders")
                        .setCount(3)
                        .setAssignments(null));
        request.topics()
                .add(new CreatePartitionsRequestData.CreatePartitionsTopic()
                        .setName("nothing")
                        .setCount(3)
                        .setAssignments(null));

        assertThat(requests.ask(request, CreatePartitionsResponse.class).data().results())
                .extracting(result -> Errors.forCode(result.errorCode()))
                .containsExactly(Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Nested
    class Describe_topic_partitions {

        private DescribeTopicPartitionsResponseData describe(
                int limit, DescribeTopicPartitionsRequestData.Cursor cursor, String... topics) {
            DescribeTopicPartitionsRequestData request = new DescribeTopicPartitionsRequestData()
                    .setResponsePartitionLimit(limit)
                    .setCursor(cursor);
            for (String topic : topics) {
                request.topics().add(new DescribeTopicPartitionsRequestData.TopicRequest().setName(topic));
            }
            return requests.ask(request, DescribeTopicPartitionsResponse.class).data();
        }

        @Test
        void tells_topics_in_the_order_of_names() {
            requests.createTopic("b", 1);
            requests.createTopic("a", 2);

            DescribeTopicPartitionsResponseData response = describe(2000, null, "b", "a", "nothing");

            assertThat(response.topics())
                    .extracting(topic ->
                            topic.name() + " " + topic.partitions().size() + " " + Errors.forCode(topic.errorCode()))
                    .containsExactly("a 2 NONE", "b 1 NONE", "nothing 0 UNKNOWN_TOPIC_OR_PARTITION");
            assertThat(response.nextCursor()).isNull();
        }

        @Test
        void goes_on_where_it_stopped_until_all_is_told() {
            requests.createTopic("a", 3);
            requests.createTopic("b", 2);
            List<String> seen = new ArrayList<>();
            DescribeTopicPartitionsRequestData.Cursor cursor = null;
            do {
                DescribeTopicPartitionsResponseData response = describe(2, cursor);
                response.topics().forEach(topic -> topic.partitions()
                        .forEach(partition -> seen.add(topic.name() + partition.partitionIndex())));
                cursor = response.nextCursor() == null
                        ? null
                        : new DescribeTopicPartitionsRequestData.Cursor()
                                .setTopicName(response.nextCursor().topicName())
                                .setPartitionIndex(response.nextCursor().partitionIndex());
            } while (cursor != null);

            assertThat(seen).containsExactly("a0", "a1", "a2", "b0", "b1");
        }
    }
}
