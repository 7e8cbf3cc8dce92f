package dev.millrace.broker.metadata;

import static dev.millrace.broker.metadata.ControllerSpec.newTopic;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class A_controller_that_creates_topics {

    private final ControllerSpec spec = new ControllerSpec().givenBrokers(1);

    private ApiException refusal(CreateTopics.NewTopic topic) {
        List<CreateTopics.Outcome> outcomes = spec.create(topic);
        assertThat(outcomes).hasSize(1);
        assertThat(spec.events()).isEmpty();
        assertThat(outcomes.get(0).id()).isEqualTo(Uuid.ZERO_UUID);
        ApiException error = outcomes.get(0).error();
        assertThat(error).isNotNull();
        return error;
    }

    private static CreateTopics.NewTopic withConfig(String key, @Nullable String value) {
        Map<String, @Nullable String> configs = new HashMap<>();
        configs.put(key, value);
        return CreateTopics.NewTopic.of("t", 1, (short) 1, configs);
    }

    private static CreateTopics.NewTopic assigned(CreateTopics.Assignment... assignments) {
        return new CreateTopics.NewTopic("t", -1, (short) -1, List.of(assignments), Map.of());
    }

    @Nested
    class With_a_valid_request {

        @Test
        void creates_the_topic_then_its_settings_then_its_partitions() {
            spec.create(CreateTopics.NewTopic.of("orders", 2, (short) 1, Map.of("retention.ms", "1000")));

            Uuid id = ControllerSpec.id(1);
            assertThat(spec.events())
                    .containsExactly(
                            new MetadataEvent.TopicCreated("orders", id),
                            new MetadataEvent.ConfigChanged(ControllerSpec.topic("orders"), "retention.ms", "1000"),
                            new MetadataEvent.PartitionAdded(id, ControllerSpec.onBroker1(0, 0)),
                            new MetadataEvent.PartitionAdded(id, ControllerSpec.onBroker1(1, 0)));
        }

        @Test
        void answers_with_what_it_created() {
            CreateTopics.Outcome outcome = spec.create(newTopic("orders", 3, 1)).get(0);

            assertThat(outcome)
                    .isEqualTo(new CreateTopics.Outcome(
                            "orders", ControllerSpec.id(1), 3, (short) 1, new TreeMap<>(), null));
        }

        @Test
        void takes_the_defaults_of_the_broker_for_minus_one() {
            ControllerSpec three =
                    new ControllerSpec(new ControllerSettings(5, (short) 3, true, Map.of())).givenBrokers(1, 2, 3);

            CreateTopics.Outcome outcome =
                    three.create(newTopic("orders", -1, -1)).get(0);

            assertThat(outcome.partitions()).isEqualTo(5);
            assertThat(outcome.replicationFactor()).isEqualTo((short) 3);
        }

        @Test
        void only_checks_when_it_shall_only_validate() {
            List<CreateTopics.Outcome> outcomes = spec.when(
                    ticket -> new CreateTopics(List.of(newTopic("orders", 1, 1), newTopic("!", 1, 1)), true, ticket));

            assertThat(spec.events()).isEmpty();
            assertThat(outcomes.get(0).error()).isNull();
            assertThat(outcomes.get(1).error()).isInstanceOf(InvalidTopicException.class);
        }

        @Test
        void creates_the_valid_topics_of_a_request_that_has_invalid_ones_too() {
            List<CreateTopics.Outcome> outcomes =
                    spec.create(newTopic("good", 1, 1), newTopic("bad", 0, 1), newTopic("also-good", 1, 1));

            assertThat(outcomes.get(0).error()).isNull();
            assertThat(outcomes.get(1).error()).isInstanceOf(InvalidPartitionsException.class);
            assertThat(outcomes.get(2).error()).isNull();
            assertThat(spec.image().topics())
                    .extracting(TopicImage::name)
                    .containsExactlyInAnyOrder("good", "also-good");
        }
    }

    @Nested
    class Judging_names {

        @ParameterizedTest
        @ValueSource(strings = {"", ".", "..", "a b", "größe", "a/b"})
        void refuses_what_is_no_name_for_a_topic(String name) {
            assertThat(refusal(newTopic(name, 1, 1))).isInstanceOf(InvalidTopicException.class);
        }

        @Test
        void refuses_a_name_of_250_characters() {
            assertThat(refusal(newTopic("x".repeat(250), 1, 1))).isInstanceOf(InvalidTopicException.class);
        }

        @Test
        void refuses_a_topic_that_exists() {
            spec.givenTopic("orders", 7, 1);

            assertThat(refusal(newTopic("orders", 1, 1)))
                    .isInstanceOf(TopicExistsException.class)
                    .hasMessage("Topic 'orders' already exists.");
        }

        @Test
        void refuses_a_name_that_differs_from_an_existing_one_in_dots_and_underscores_only() {
            spec.givenTopic("a.b_c", 7, 1);

            assertThat(refusal(newTopic("a_b.c", 1, 1)))
                    .isInstanceOf(InvalidTopicException.class)
                    .hasMessageContaining("collides with existing topic: a.b_c");
        }

        @Test
        void refuses_the_second_of_two_colliding_names_in_one_request() {
            List<CreateTopics.Outcome> outcomes = spec.create(newTopic("a.b", 1, 1), newTopic("a_b", 1, 1));

            assertThat(outcomes.get(0).error()).isNull();
            assertThat(outcomes.get(1).error()).isInstanceOf(InvalidTopicException.class);
        }

        @Test
        void forgets_a_colliding_name_with_its_topic() {
            spec.givenTopic("a.b", 7, 1).given(new MetadataEvent.TopicDeleted(ControllerSpec.id(7)));

            assertThat(spec.create(newTopic("a_b", 1, 1)).get(0).error()).isNull();
        }

        @Test
        void refuses_a_name_that_stands_twice_in_one_request_and_tells_it_once() {
            List<CreateTopics.Outcome> outcomes =
                    spec.create(newTopic("twice", 1, 1), newTopic("once", 1, 1), newTopic("twice", 2, 1));

            assertThat(outcomes).extracting(CreateTopics.Outcome::name).containsExactly("once", "twice");
            assertThat(outcomes.get(1).error())
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage("Duplicate topic name.");
        }

        @Test
        void refuses_the_name_of_the_metadata_log() {
            assertThat(refusal(newTopic("__cluster_metadata", 1, 1))).isInstanceOf(InvalidRequestException.class);
        }
    }

    @Nested
    class Judging_numbers {

        @ParameterizedTest
        @ValueSource(ints = {0, -2})
        void refuses_no_partitions(int partitions) {
            assertThat(refusal(newTopic("t", partitions, 1)))
                    .isInstanceOf(InvalidPartitionsException.class)
                    .hasMessage("Number of partitions was set to an invalid non-positive value.");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, -2})
        void refuses_no_replicas(int replicationFactor) {
            assertThat(refusal(newTopic("t", 1, replicationFactor)))
                    .isInstanceOf(InvalidReplicationFactorException.class)
                    .hasMessage("Replication factor must be larger than 0, or -1 to use the default value.");
        }

        @Test
        void refuses_more_replicas_than_brokers() {
            assertThat(refusal(newTopic("t", 1, 2)))
                    .isInstanceOf(InvalidReplicationFactorException.class)
                    .hasMessageContaining("only 1 broker(s) are registered");
        }

        @Test
        void refuses_more_partitions_than_fit_into_one_decision() {
            assertThat(refusal(newTopic("t", 10_001, 1))).isInstanceOf(PolicyViolationException.class);
        }
    }

    @Nested
    class Judging_settings {

        @Test
        void refuses_an_unknown_setting() {
            assertThat(refusal(withConfig("no.such.key", "1")))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessage("Unknown topic config name: no.such.key");
        }

        @Test
        void refuses_a_value_of_the_wrong_type() {
            assertThat(refusal(withConfig("retention.ms", "a week")))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("retention.ms")
                    .hasMessageContaining("a week");
        }

        @Test
        void refuses_a_value_out_of_range() {
            assertThat(refusal(withConfig("min.insync.replicas", "0")))
                    .isInstanceOf(InvalidConfigurationException.class);
        }

        @Test
        void refuses_a_word_that_is_none_of_the_possible_ones() {
            assertThat(refusal(withConfig("cleanup.policy", "shred")))
                    .isInstanceOf(InvalidConfigurationException.class);
        }

        @Test
        void refuses_a_setting_without_a_value() {
            assertThat(refusal(withConfig("retention.ms", null)))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessage("Null value not supported for topic configs: retention.ms");
        }

        @Test
        void refuses_settings_that_contradict_each_other() {
            CreateTopics.NewTopic topic = CreateTopics.NewTopic.of(
                    "t", 1, (short) 1, Map.of("min.compaction.lag.ms", "10", "max.compaction.lag.ms", "5"));

            assertThat(refusal(topic)).isInstanceOf(InvalidConfigurationException.class);
        }
    }

    @Nested
    class With_replicas_assigned_by_hand {

        @Test
        void places_them_as_assigned_the_first_one_leading() {
            spec.givenBrokers(2, 3);

            spec.create(assigned(
                    new CreateTopics.Assignment(1, List.of(3, 1)), new CreateTopics.Assignment(0, List.of(2, 3))));

            TopicImage topic = spec.image().topic("t");
            assertThat(topic).isNotNull();
            assertThat(topic.partitions())
                    .containsExactly(
                            new PartitionImage(0, 2, 0, 0, List.of(2, 3), List.of(2, 3)),
                            new PartitionImage(1, 3, 0, 0, List.of(3, 1), List.of(3, 1)));
        }

        @Test
        void refuses_numbers_beside_the_assignment() {
            CreateTopics.Assignment assignment = new CreateTopics.Assignment(0, List.of(1));

            assertThat(refusal(new CreateTopics.NewTopic("t", 1, (short) -1, List.of(assignment), Map.of())))
                    .isInstanceOf(InvalidRequestException.class);
            assertThat(refusal(new CreateTopics.NewTopic("t", -1, (short) 1, List.of(assignment), Map.of())))
                    .isInstanceOf(InvalidRequestException.class);
        }

        @Test
        void refuses_a_partition_that_is_assigned_twice() {
            assertThat(refusal(assigned(
                            new CreateTopics.Assignment(0, List.of(1)), new CreateTopics.Assignment(0, List.of(1)))))
                    .isInstanceOf(InvalidReplicaAssignmentException.class)
                    .hasMessage("Found multiple manual partition assignments for partition 0");
        }

        @Test
        void refuses_a_gap_between_the_partitions() {
            assertThat(refusal(assigned(
                            new CreateTopics.Assignment(0, List.of(1)), new CreateTopics.Assignment(2, List.of(1)))))
                    .isInstanceOf(InvalidReplicaAssignmentException.class)
                    .hasMessage("partitions should be a consecutive 0-based integer sequence");
        }

        @Test
        void refuses_a_broker_that_is_not_registered() {
            assertThat(refusal(assigned(new CreateTopics.Assignment(0, List.of(9)))))
                    .isInstanceOf(InvalidReplicaAssignmentException.class)
                    .hasMessageContaining("broker 9, but no such broker");
        }

        @Test
        void refuses_a_broker_that_is_named_twice() {
            assertThat(refusal(assigned(new CreateTopics.Assignment(0, List.of(1, 1)))))
                    .isInstanceOf(InvalidReplicaAssignmentException.class)
                    .hasMessageContaining("more than once");
        }

        @Test
        void refuses_an_empty_list_of_brokers() {
            assertThat(refusal(assigned(new CreateTopics.Assignment(0, List.of()))))
                    .isInstanceOf(InvalidReplicaAssignmentException.class);
        }

        @Test
        void refuses_partitions_with_different_numbers_of_replicas() {
            spec.givenBrokers(2);

            assertThat(refusal(assigned(
                            new CreateTopics.Assignment(0, List.of(1, 2)), new CreateTopics.Assignment(1, List.of(1)))))
                    .isInstanceOf(InvalidReplicaAssignmentException.class)
                    .hasMessageContaining("not consistent with previous partitions");
        }
    }
}
