package dev.millrace.broker.metadata;

import static dev.millrace.broker.metadata.ControllerSpec.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TopicDeletionDisabledException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_controller_that_changes_topics {

    private final ControllerSpec spec =
            new ControllerSpec().givenBrokers(1, 2).givenTopic("orders", 1, 2).givenTopic("users", 2, 1);

    @Nested
    class Deleting {

        private List<DeleteTopics.Outcome> delete(DeleteTopics.Reference... topics) {
            return spec.when(ticket -> new DeleteTopics(List.of(topics), ticket));
        }

        private static DeleteTopics.Reference named(String name) {
            return new DeleteTopics.Reference(name, Uuid.ZERO_UUID);
        }

        private static DeleteTopics.Reference withId(Uuid id) {
            return new DeleteTopics.Reference(null, id);
        }

        @Test
        void deletes_a_topic_by_name() {
            List<DeleteTopics.Outcome> outcomes = delete(named("orders"));

            assertThat(outcomes).containsExactly(new DeleteTopics.Outcome("orders", id(1), null));
            assertThat(spec.events()).containsExactly(new MetadataEvent.TopicDeleted(id(1)));
        }

        @Test
        void deletes_a_topic_by_id() {
            assertThat(delete(withId(id(2)))).containsExactly(new DeleteTopics.Outcome("users", id(2), null));
            assertThat(spec.image().topic("users")).isNull();
        }

        @Test
        void refuses_what_it_does_not_know() {
            assertThat(delete(named("nothing")).get(0).error()).isInstanceOf(UnknownTopicOrPartitionException.class);
            assertThat(delete(withId(id(9))).get(0).error()).isInstanceOf(UnknownTopicIdException.class);
        }

        @Test
        void refuses_a_topic_that_is_named_twice() {
            List<DeleteTopics.Outcome> outcomes = delete(named("orders"), named("orders"));

            assertThat(outcomes).hasSize(1);
            assertThat(outcomes.get(0).error()).isInstanceOf(InvalidRequestException.class);
            assertThat(spec.events()).isEmpty();
        }

        @Test
        void refuses_a_topic_that_is_given_by_name_and_by_id_at_once() {
            assertThat(delete(named("orders"), withId(id(1))))
                    .allSatisfy(outcome -> assertThat(outcome.error()).isInstanceOf(InvalidRequestException.class));
            assertThat(delete(new DeleteTopics.Reference("orders", id(1)))
                            .get(0)
                            .error())
                    .isInstanceOf(InvalidRequestException.class);
            assertThat(spec.events()).isEmpty();
        }

        @Test
        void refuses_everything_when_deletion_is_disabled() {
            ControllerSpec fixed = new ControllerSpec(new ControllerSettings(1, (short) 1, false, Map.of()))
                    .givenBrokers(1)
                    .givenTopic("orders", 1, 1);

            List<DeleteTopics.Outcome> outcomes =
                    fixed.when(ticket -> new DeleteTopics(List.of(named("orders")), ticket));

            assertThat(outcomes.get(0).error()).isInstanceOf(TopicDeletionDisabledException.class);
        }

        @Test
        void lets_the_name_be_used_again_under_another_id_and_without_the_old_settings() {
            spec.givenConfig("orders", "retention.ms", "1");
            delete(named("orders"));

            spec.create(ControllerSpec.newTopic("orders", 1, 1));

            TopicImage topic = spec.image().topic("orders");
            assertThat(topic).isNotNull();
            assertThat(topic.id()).isNotEqualTo(id(2));
            assertThat(topic.configs()).isEmpty();
        }
    }

    @Nested
    class Adding_partitions {

        private CreatePartitions.Outcome add(String topic, int count, @Nullable List<List<Integer>> assignments) {
            List<CreatePartitions.Outcome> outcomes = spec.when(ticket -> new CreatePartitions(
                    List.of(new CreatePartitions.Increase(topic, count, assignments)), false, ticket));
            return outcomes.get(0);
        }

        @Test
        void adds_them_after_the_ones_that_are_there() {
            assertThat(add("orders", 4, null).error()).isNull();

            assertThat(spec.events(MetadataEvent.PartitionAdded.class))
                    .extracting(added -> added.partition().partition())
                    .containsExactly(2, 3);
        }

        @Test
        void places_them_where_there_are_fewest() {
            add("orders", 4, null);

            assertThat(spec.events(MetadataEvent.PartitionAdded.class))
                    .extracting(added -> added.partition().leader())
                    .containsExactly(2, 2);
        }

        @Test
        void takes_an_assignment_by_hand() {
            assertThat(add("orders", 3, List.of(List.of(2))).error()).isNull();
            assertThat(spec.events(MetadataEvent.PartitionAdded.class)
                            .get(0)
                            .partition()
                            .replicas())
                    .containsExactly(2);
        }

        @Test
        void refuses_an_assignment_for_another_number_of_partitions() {
            assertThat(add("orders", 4, List.of(List.of(2))).error())
                    .isInstanceOf(InvalidReplicaAssignmentException.class)
                    .hasMessage("Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.");
        }

        @Test
        void refuses_the_number_that_there_is() {
            assertThat(add("orders", 2, null).error())
                    .isInstanceOf(InvalidPartitionsException.class)
                    .hasMessage("Topic already has 2 partition(s).");
        }

        @Test
        void refuses_fewer_than_there_are() {
            assertThat(add("orders", 1, null).error())
                    .isInstanceOf(InvalidPartitionsException.class)
                    .hasMessage("The topic orders currently has 2 partition(s); 1 would not be an increase.");
        }

        @Test
        void refuses_a_topic_that_does_not_exist() {
            assertThat(add("nothing", 1, null).error()).isInstanceOf(UnknownTopicOrPartitionException.class);
        }

        @Test
        void decides_on_each_topic_by_itself() {
            List<CreatePartitions.Outcome> outcomes = spec.when(ticket -> new CreatePartitions(
                    List.of(
                            new CreatePartitions.Increase("orders", 1, null),
                            new CreatePartitions.Increase("users", 2, null)),
                    false,
                    ticket));

            assertThat(outcomes.get(0).error()).isNotNull();
            assertThat(outcomes.get(1).error()).isNull();
            assertThat(spec.events(MetadataEvent.PartitionAdded.class)).hasSize(1);
        }

        @Test
        void only_checks_when_it_shall_only_validate() {
            List<CreatePartitions.Outcome> outcomes = spec.when(ticket ->
                    new CreatePartitions(List.of(new CreatePartitions.Increase("users", 2, null)), true, ticket));

            assertThat(outcomes.get(0).error()).isNull();
            assertThat(spec.events()).isEmpty();
        }
    }

    @Nested
    class Registering_brokers {

        private long register(int broker, Uuid incarnation) {
            return spec.when(ticket -> new RegisterBroker(broker, incarnation, null, List.of(), ticket));
        }

        @Test
        void begins_a_new_term_for_what_a_restarted_broker_leads() {
            register(1, id(77));

            assertThat(spec.events(MetadataEvent.PartitionChanged.class))
                    .containsExactlyInAnyOrder(
                            new MetadataEvent.PartitionChanged(id(1), ControllerSpec.onBroker1(0, 1)),
                            new MetadataEvent.PartitionChanged(id(1), ControllerSpec.onBroker1(1, 1)),
                            new MetadataEvent.PartitionChanged(id(2), ControllerSpec.onBroker1(0, 1)));
        }

        @Test
        void changes_no_term_when_the_same_process_registers_again() {
            register(1, id(1));

            assertThat(spec.events(MetadataEvent.PartitionChanged.class)).isEmpty();
        }

        @Test
        void gives_every_registration_a_larger_epoch() {
            long first = register(1, id(77));
            long second = register(1, id(78));

            assertThat(second).isGreaterThan(first);
        }
    }

    @Nested
    class Allocating_producer_ids {

        private ProducerIdBlock allocate() {
            return spec.when(ticket -> new AllocateProducerIds(1, ticket));
        }

        @Test
        void never_gives_an_id_twice() {
            assertThat(allocate()).isEqualTo(new ProducerIdBlock(0, 1000));
            assertThat(allocate()).isEqualTo(new ProducerIdBlock(1000, 1000));
        }

        @Test
        void goes_on_after_what_the_log_says_is_taken() {
            spec.given(new MetadataEvent.ProducerIdsAllocated(2, 5000));

            assertThat(allocate().firstId()).isEqualTo(5000);
        }
    }
}
