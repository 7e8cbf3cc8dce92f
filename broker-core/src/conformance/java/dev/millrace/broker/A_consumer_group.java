package dev.millrace.broker;

import static dev.millrace.broker.PolledConsumer.until;
import static dev.millrace.broker.PolledConsumer.untilShared;
import static dev.millrace.broker.PolledConsumer.valuesOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What groups of Kafka's own consumers can do with one broker over real sockets. */
@Timeout(120)
class A_consumer_group {

    private static final int PARTITIONS = 6;

    @TempDir
    static Path directory;

    private static Broker broker;
    private static Admin admin;

    /** Both of this test alone. */
    private String topic;

    private String group;

    @BeforeAll
    static void start() {
        broker = broker(0);
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static Broker broker(int port) {
        return Broker.start(BrokerConfig.parse(Map.of(
                "log.dirs", directory.toString(),
                "listeners", "PLAINTEXT://127.0.0.1:" + port,
                "offsets.topic.num.partitions", "5",
                "group.initial.rebalance.delay.ms", "0",
                "group.min.session.timeout.ms", "1000")));
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @BeforeEach
    void nameThings(TestInfo test) throws Exception {
        topic = test.getTestMethod().orElseThrow().getName();
        group = "group-" + topic;
        admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                .all()
                .get();
    }

    private PolledConsumer member(Map<String, Object> config) {
        return new PolledConsumer(broker.bootstrapServers(), group, config).subscribe(topic);
    }

    private PolledConsumer member() {
        return member(Map.of());
    }

    private PolledConsumer instance(String id) {
        return member(Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, id, ConsumerConfig.CLIENT_ID_CONFIG, id));
    }

    private Set<String> produce(String prefix, int count) {
        Set<String> values =
                IntStream.range(0, count).mapToObj(i -> prefix + i).collect(Collectors.toCollection(TreeSet::new));
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "enable.idempotence", false),
                new StringSerializer(),
                new StringSerializer())) {
            values.forEach(value -> producer.send(new ProducerRecord<>(topic, value, value)));
        }
        return values;
    }

    private ConsumerGroupDescription described() throws Exception {
        return admin.describeConsumerGroups(List.of(group)).all().get().get(group);
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
        return admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    private static int generation(PolledConsumer member) {
        return member.consumer.groupMetadata().generationId();
    }

    @Test
    void shares_the_partitions_of_a_topic() {
        Set<String> values = produce("v", 100);
        try (PolledConsumer a = member();
                PolledConsumer b = member();
                PolledConsumer c = member()) {
            untilShared(PARTITIONS, a, b, c);
            until(() -> valuesOf(a, b, c).equals(values), a, b, c);

            assertThat(generation(a)).isEqualTo(generation(b)).isEqualTo(generation(c));
        }
    }

    @Test
    void gives_the_partitions_of_a_member_that_leaves_to_the_others() {
        try (PolledConsumer a = member()) {
            try (PolledConsumer b = member()) {
                untilShared(PARTITIONS, a, b);
            }
            untilShared(PARTITIONS, a);

            Set<String> values = produce("v", 50);
            until(() -> valuesOf(a).equals(values), a);
        }
    }

    @Test
    void gives_the_partitions_of_a_member_that_is_not_heard_of_to_the_others() {
        PolledConsumer silent =
                member(Map.of(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 1_000, "heartbeat.interval.ms", 999));
        try (PolledConsumer a = member(Map.of("max.poll.interval.ms", 300_000))) {
            untilShared(PARTITIONS, a, silent);
            silent.consumer.close(
                    CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP)
                            .withTimeout(Duration.ZERO));

            untilShared(PARTITIONS, a);
        }
    }

    @Test
    void goes_on_where_it_committed() throws Exception {
        Set<String> first = produce("first", 50);
        try (PolledConsumer a = member()) {
            until(() -> valuesOf(a).equals(first), a);
            a.consumer.commitSync();
        }
        assertThat(committed().values().stream()
                        .mapToLong(OffsetAndMetadata::offset)
                        .sum())
                .isEqualTo(50);

        Set<String> second = produce("second", 50);
        try (PolledConsumer b = member()) {
            until(() -> b.values.size() >= 50, b);
            assertThat(valuesOf(b)).isEqualTo(second);
        }
    }

    @Test
    void keeps_what_a_member_says_about_its_offset() throws Exception {
        TopicPartition partition = new TopicPartition(topic, 3);
        try (PolledConsumer a = member()) {
            untilShared(PARTITIONS, a);
            a.consumer.commitSync(Map.of(partition, new OffsetAndMetadata(7, Optional.of(0), "about it")));

            assertThat(a.consumer.committed(Set.of(partition)).get(partition))
                    .isEqualTo(new OffsetAndMetadata(7, Optional.of(0), "about it"));
        }
    }

    @Test
    void refuses_commits_of_a_member_that_it_has_left_behind() {
        try (PolledConsumer slow = member(Map.of("max.poll.interval.ms", 1_000));
                PolledConsumer a = member()) {
            untilShared(PARTITIONS, a, slow);
            until(() -> a.assignment().size() == PARTITIONS, a);

            assertThatThrownBy(() ->
                            slow.consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1))))
                    .isInstanceOf(CommitFailedException.class);
        }
    }

    @Test
    void moves_only_what_must_move_between_cooperative_members() {
        Map<String, Object> cooperative =
                Map.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        try (PolledConsumer a = member(cooperative);
                PolledConsumer b = member(cooperative)) {
            untilShared(PARTITIONS, a);
            Set<TopicPartition> before = new HashSet<>(a.assignment());

            untilShared(PARTITIONS, a, b);

            assertThat(a.revoked).hasSize(PARTITIONS / 2);
            assertThat(before).containsAll(a.assignment());
            assertThat(b.revoked).isEmpty();
        }
    }

    @Test
    void changes_from_eager_to_cooperative_members_one_by_one() {
        String both = "org.apache.kafka.clients.consumer.RangeAssignor," + CooperativeStickyAssignor.class.getName();
        try (PolledConsumer a = member(Map.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, both))) {
            try (PolledConsumer b = member()) {
                untilShared(PARTITIONS, a, b);
            }
            try (PolledConsumer c = member(Map.of(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName()))) {
                untilShared(PARTITIONS, a, c);
            }
        }
    }

    @Test
    void refuses_a_session_timeout_out_of_bounds() {
        try (PolledConsumer a =
                member(Map.of(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 900, "heartbeat.interval.ms", 100))) {
            assertThatThrownBy(() -> until(() -> false, a)).isInstanceOf(InvalidSessionTimeoutException.class);
        }
    }

    @Nested
    class of_static_members {

        @Test
        void does_not_rebalance_when_one_of_them_restarts() {
            try (PolledConsumer a = instance("a")) {
                Set<TopicPartition> owned;
                int generation;
                try (PolledConsumer b = instance("b")) {
                    untilShared(PARTITIONS, a, b);
                    owned = new HashSet<>(b.assignment());
                    generation = generation(b);
                }
                a.revoked.clear();
                try (PolledConsumer b = instance("b")) {
                    until(() -> !b.assignment().isEmpty(), a, b);

                    assertThat(b.assignment()).isEqualTo(owned);
                    assertThat(generation(b)).isEqualTo(generation);
                    assertThat(generation(a)).isEqualTo(generation);
                    assertThat(a.revoked).isEmpty();
                }
            }
        }

        @Test
        void does_not_rebalance_when_its_leader_restarts() {
            try (PolledConsumer b = instance("b")) {
                untilShared(PARTITIONS, b);
                int generation;
                try (PolledConsumer a = instance("a")) {
                    untilShared(PARTITIONS, a, b);
                    generation = generation(a);
                }
                try (PolledConsumer a = instance("a")) {
                    untilShared(PARTITIONS, a, b);
                    assertThat(generation(a)).isEqualTo(generation);
                    assertThat(generation(b)).isEqualTo(generation);
                }
            }
        }

        @Test
        void fences_the_former_holder_of_an_instance_id() {
            PolledConsumer former = instance("a");
            untilShared(PARTITIONS, former);
            try (PolledConsumer latter = instance("a")) {
                untilShared(PARTITIONS, latter);

                assertThatThrownBy(() -> until(() -> false, former)).isInstanceOf(FencedInstanceIdException.class);
            } finally {
                former.close();
            }
        }

        @Test
        void rebalances_when_an_operator_removes_one_of_them() throws Exception {
            try (PolledConsumer a = instance("a");
                    PolledConsumer b = instance("b")) {
                untilShared(PARTITIONS, a, b);
                b.close();

                admin.removeMembersFromConsumerGroup(
                                group, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("b"))))
                        .all()
                        .get();

                untilShared(PARTITIONS, a);
            }
        }
    }

    @Nested
    class as_an_operator_sees_it {

        @Test
        void is_described_with_its_members_and_what_they_own() throws Exception {
            try (PolledConsumer a = instance("a")) {
                untilShared(PARTITIONS, a);

                ConsumerGroupDescription description = described();

                assertThat(description.groupState()).isEqualTo(GroupState.STABLE);
                assertThat(description.partitionAssignor()).isEqualTo("range");
                assertThat(description.members()).singleElement().satisfies(member -> {
                    assertThat(member.clientId()).isEqualTo("a");
                    assertThat(member.host()).isEqualTo("/127.0.0.1");
                    assertThat(member.groupInstanceId()).contains("a");
                    assertThat(member.assignment().topicPartitions()).isEqualTo(a.assignment());
                });
            }
        }

        @Test
        void is_listed() throws Exception {
            try (PolledConsumer a = member()) {
                untilShared(PARTITIONS, a);

                assertThat(admin.listGroups().all().get())
                        .filteredOn(listing -> listing.groupId().equals(group))
                        .singleElement()
                        .satisfies(listing -> {
                            assertThat(listing.groupState()).contains(GroupState.STABLE);
                            assertThat(listing.protocol()).isEqualTo("consumer");
                        });
            }
            assertThat(admin.listGroups().valid().get())
                    .filteredOn(listing -> listing.groupId().equals(group))
                    .extracting(GroupListing::groupState)
                    .containsExactly(Optional.of(GroupState.EMPTY));
        }

        @Test
        void is_not_found_when_it_is_not_there() {
            assertThatThrownBy(() -> described())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(GroupIdNotFoundException.class);
        }

        @Test
        void is_deleted_once_nobody_is_in_it() throws Exception {
            try (PolledConsumer a = member()) {
                untilShared(PARTITIONS, a);
                a.consumer.commitSync();
                assertThatThrownBy(() ->
                                admin.deleteConsumerGroups(List.of(group)).all().get())
                        .hasCauseInstanceOf(GroupNotEmptyException.class);
            }

            admin.deleteConsumerGroups(List.of(group)).all().get();

            assertThat(committed()).isEmpty();
            assertThatThrownBy(() ->
                            admin.deleteConsumerGroups(List.of(group)).all().get())
                    .hasCauseInstanceOf(GroupIdNotFoundException.class);
        }

        @Test
        void has_its_offsets_altered_while_nobody_is_in_it() throws Exception {
            TopicPartition partition = new TopicPartition(topic, 0);
            admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(3)))
                    .all()
                    .get();
            assertThat(committed()).containsExactly(Map.entry(partition, new OffsetAndMetadata(3)));

            try (PolledConsumer a = member()) {
                untilShared(PARTITIONS, a);
                assertThatThrownBy(() -> admin.alterConsumerGroupOffsets(
                                        group, Map.of(partition, new OffsetAndMetadata(4)))
                                .all()
                                .get())
                        .hasCauseInstanceOf(UnknownMemberIdException.class);
                assertThatThrownBy(() -> admin.deleteConsumerGroupOffsets(group, Set.of(partition))
                                .all()
                                .get())
                        .hasCauseInstanceOf(GroupSubscribedToTopicException.class);
            }

            admin.deleteConsumerGroupOffsets(group, Set.of(partition)).all().get();
            assertThat(committed()).isEmpty();
        }

        @Test
        void forgets_the_offsets_of_a_topic_that_is_deleted() throws Exception {
            admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(3)))
                    .all()
                    .get();

            admin.deleteTopics(List.of(topic)).all().get();

            await().until(() -> committed().isEmpty());
        }
    }

    @Nested
    class through_a_restart_of_the_broker {

        @Test
        void keeps_its_members_and_its_offsets() throws Exception {
            int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
            Set<String> first = produce("first", 50);
            // Or else the client forgets the topic, while it finds no broker, and rebalances when it learns of it
            // again.
            Map<String, Object> steady = Map.of("metadata.recovery.strategy", "none", "session.timeout.ms", 10_000);
            try (PolledConsumer a = member(steady);
                    PolledConsumer b = member(steady)) {
                untilShared(PARTITIONS, a, b);
                until(() -> valuesOf(a, b).equals(first), a, b);
                a.consumer.commitSync();
                b.consumer.commitSync();
                Map<TopicPartition, OffsetAndMetadata> before = committed();
                int generation = generation(a);

                broker.close();
                broker = broker(port);
                Set<String> all = produce("second", 50);
                all.addAll(first);
                until(() -> valuesOf(a, b).equals(all), a, b);

                assertThat(committed()).isEqualTo(before);
                assertThat(generation(a)).isEqualTo(generation);
            }
        }
    }
}
