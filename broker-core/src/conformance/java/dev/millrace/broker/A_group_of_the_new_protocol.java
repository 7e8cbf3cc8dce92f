package dev.millrace.broker;

import static dev.millrace.broker.PolledConsumer.until;
import static dev.millrace.broker.PolledConsumer.untilShared;
import static dev.millrace.broker.PolledConsumer.valuesOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What groups of Kafka's own consumers with {@code group.protocol=consumer} can do with one broker over real sockets. */
@Timeout(120)
class A_group_of_the_new_protocol {

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
                "group.consumer.heartbeat.interval.ms", "100",
                "group.consumer.min.heartbeat.interval.ms", "100",
                "group.consumer.session.timeout.ms", "2000",
                "group.consumer.min.session.timeout.ms", "1000",
                "group.min.session.timeout.ms", "1000",
                "group.consumer.assignment.interval.ms", "50")));
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
        createTopic(topic, PARTITIONS);
    }

    private static void createTopic(String name, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all()
                .get();
    }

    private PolledConsumer unsubscribed(Map<String, Object> config) {
        Map<String, Object> all = new HashMap<>(Map.of(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer"));
        all.putAll(config);
        return new PolledConsumer(broker.bootstrapServers(), group, all);
    }

    private PolledConsumer member() {
        return unsubscribed(Map.of()).subscribe(topic);
    }

    private PolledConsumer instance(String id) {
        return unsubscribed(Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, id)).subscribe(topic);
    }

    private PolledConsumer classic(Class<?> assignor) {
        return new PolledConsumer(
                        broker.bootstrapServers(),
                        group,
                        Map.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(assignor)))
                .subscribe(topic);
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

    @Test
    void shares_the_partitions_of_a_topic_and_reads_everything_once() {
        Set<String> values = produce("v", 100);
        try (PolledConsumer a = member();
                PolledConsumer b = member();
                PolledConsumer c = member()) {
            untilShared(PARTITIONS, a, b, c);
            until(() -> valuesOf(a, b, c).equals(values), a, b, c);
        }
    }

    @Test
    void goes_on_with_those_who_stay() throws Exception {
        try (PolledConsumer a = member()) {
            PolledConsumer b = member();
            untilShared(PARTITIONS, a, b);
            b.close();
            untilShared(PARTITIONS, a);

            assertThat(described().members()).hasSize(1);
        }
        until(() -> described().groupState() == GroupState.EMPTY);
    }

    @Test
    void takes_from_the_others_only_what_a_newcomer_needs() {
        try (PolledConsumer a = member();
                PolledConsumer b = member()) {
            untilShared(PARTITIONS, a, b);
            a.revoked.clear();
            b.revoked.clear();
            try (PolledConsumer c = member()) {
                untilShared(PARTITIONS, a, b, c);
                assertThat(a.revoked).hasSize(1);
                assertThat(b.revoked).hasSize(1);
                assertThat(a.lost).isEmpty();
            }
        }
    }

    @Test
    void starts_where_it_left_off() {
        produce("v", 50);
        try (PolledConsumer a = member()) {
            until(() -> valuesOf(a).size() == 50, a);
            a.consumer.commitSync();
        }
        Set<String> later = produce("w", 20);
        try (PolledConsumer b = member()) {
            until(() -> !valuesOf(b).isEmpty() && valuesOf(b).size() >= 20, b);
            assertThat(valuesOf(b)).isEqualTo(later);
        }
    }

    @Test
    void reads_the_topics_that_match_an_expression_as_they_come() throws Exception {
        try (PolledConsumer a = unsubscribed(Map.of()).subscribe(new SubscriptionPattern("matched-.*"))) {
            a.poll();
            createTopic("matched-one", 1);
            until(() -> a.assignment().size() == 1, a);
            createTopic("matched-two", 2);
            // None is deleted: asking for the id of a topic that is gone, Kafka's consumer 4.3.1 loses answers, for it
            // can't read metadata of a topic without a name, which Kafka's broker sends as well.
            until(() -> a.assignment().size() == 3, a);
        }
    }

    @Test
    void tells_a_consumer_whose_expression_cannot_be_read() {
        try (PolledConsumer a = unsubscribed(Map.of()).subscribe(new SubscriptionPattern("(("))) {
            assertThatThrownBy(() -> until(() -> false, a)).isInstanceOf(InvalidRegularExpression.class);
        }
    }

    @Test
    void reads_partitions_that_are_added() throws Exception {
        try (PolledConsumer a = member()) {
            untilShared(PARTITIONS, a);
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(8)))
                    .all()
                    .get();
            untilShared(8, a);
        }
    }

    @Test
    void waits_for_an_instance_that_comes_back() throws Exception {
        try (PolledConsumer a = instance("a")) {
            PolledConsumer b = instance("b");
            untilShared(PARTITIONS, a, b);
            Set<TopicPartition> had = b.assignment();
            a.revoked.clear();
            b.consumer.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.DEFAULT));
            try (PolledConsumer again = instance("b")) {
                until(() -> again.assignment().equals(had), a, again);
                assertThat(a.revoked).isEmpty();
            }
        }
    }

    @Test
    void lets_one_of_an_instance_in() {
        try (PolledConsumer a = instance("a")) {
            untilShared(PARTITIONS, a);
            try (PolledConsumer twin = instance("a")) {
                assertThatThrownBy(() -> until(() -> false, a, twin)).isInstanceOf(UnreleasedInstanceIdException.class);
            }
        }
    }

    @Test
    void lets_an_operator_remove_an_instance_that_left_for_a_while() throws Exception {
        PolledConsumer a = instance("a");
        untilShared(PARTITIONS, a);
        a.consumer.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.DEFAULT));
        assertThat(described().members()).hasSize(1);

        admin.removeMembersFromConsumerGroup(
                        group, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("a"))))
                .all()
                .get();

        assertThat(described().members()).isEmpty();
    }

    @Test
    void is_described_as_what_it_is() throws Exception {
        try (PolledConsumer a = member()) {
            untilShared(PARTITIONS, a);
            ConsumerGroupDescription described = described();

            assertThat(described.type()).isEqualTo(GroupType.CONSUMER);
            assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(described.partitionAssignor()).isEqualTo("uniform");
            assertThat(described.groupEpoch()).isEqualTo(described.targetAssignmentEpoch());
            assertThat(described.members()).singleElement().satisfies(member -> {
                assertThat(member.upgraded()).isEqualTo(Optional.of(true));
                assertThat(member.assignment().topicPartitions()).hasSize(PARTITIONS);
                assertThat(member.targetAssignment().orElseThrow().topicPartitions())
                        .hasSize(PARTITIONS);
            });
            assertThat(admin.listGroups(new ListGroupsOptions().withTypes(Set.of(GroupType.CONSUMER)))
                            .all()
                            .get())
                    .extracting(GroupListing::groupId)
                    .contains(group);
        }
    }

    @Test
    void is_administered_as_any_group() throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (PolledConsumer a = member()) {
            untilShared(PARTITIONS, a);
            a.consumer.commitSync(Map.of(partition, new OffsetAndMetadata(0)));
            assertThatThrownBy(() ->
                            admin.deleteConsumerGroups(List.of(group)).all().get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(GroupNotEmptyException.class);
            assertThatThrownBy(() -> admin.deleteConsumerGroupOffsets(group, Set.of(partition))
                            .all()
                            .get())
                    .hasCauseInstanceOf(GroupSubscribedToTopicException.class);
        }
        admin.deleteConsumerGroupOffsets(group, Set.of(partition)).all().get();
        admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(5)))
                .all()
                .get();
        assertThat(admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get())
                .containsOnlyKeys(partition);
        admin.deleteConsumerGroups(List.of(group)).all().get();
        assertThatThrownBy(this::described).hasCauseInstanceOf(GroupIdNotFoundException.class);
    }

    @Test
    void follows_the_settings_of_its_own() throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        admin.incrementalAlterConfigs(Map.of(
                        resource,
                        List.of(new AlterConfigOp(
                                new ConfigEntry("consumer.session.timeout.ms", "3000"), AlterConfigOp.OpType.SET))))
                .all()
                .get();

        ConfigEntry entry = admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get("consumer.session.timeout.ms");

        assertThat(entry.value()).isEqualTo("3000");
        assertThat(entry.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG);
    }

    @Test
    void is_joined_by_those_who_roll_over_from_the_classic_protocol_and_back() throws Exception {
        Set<String> values = produce("v", 60);
        for (Class<?> assignor : List.of(RangeAssignor.class, CooperativeStickyAssignor.class)) {
            PolledConsumer a = classic(assignor);
            PolledConsumer b = classic(assignor);
            untilShared(PARTITIONS, a, b);
            assertThat(described().type()).isEqualTo(GroupType.CLASSIC);

            try (PolledConsumer c = member()) {
                untilShared(PARTITIONS, a, b, c);
                assertThat(described().type()).isEqualTo(GroupType.CONSUMER);
                a.close();
                try (PolledConsumer d = member()) {
                    untilShared(PARTITIONS, b, c, d);
                    b.close();
                    untilShared(PARTITIONS, c, d);
                    until(() -> valuesOf(a, b, c, d).equals(values), c, d);
                    try (PolledConsumer e = classic(assignor)) {
                        untilShared(PARTITIONS, c, d, e);
                        d.close();
                        untilShared(PARTITIONS, c, e);
                        c.close();
                        untilShared(PARTITIONS, e);
                        assertThat(described().type()).isEqualTo(GroupType.CLASSIC);
                    }
                }
            }
            until(() -> described().groupState() == GroupState.EMPTY);
        }
    }

    @Test
    void goes_on_when_the_broker_starts_again() throws Exception {
        produce("v", 30);
        try (PolledConsumer a = member();
                PolledConsumer b = member()) {
            untilShared(PARTITIONS, a, b);
            until(() -> valuesOf(a, b).size() == 30, a, b);
            a.consumer.commitSync();
            b.consumer.commitSync();
            Set<TopicPartition> had = a.assignment();
            a.lost.clear();
            int port = Integer.parseInt(broker.bootstrapServers().replaceAll(".*:", ""));
            broker.close();
            broker = broker(port);

            Set<String> later = produce("w", 30);
            until(() -> valuesOf(a, b).containsAll(later), a, b);
            assertThat(a.assignment()).isEqualTo(had);
            assertThat(a.lost).isEmpty();
            assertThat(a.values).doesNotHaveDuplicates();
        }
    }

    @Test
    void removes_a_consumer_that_is_gone_without_a_word() {
        try (PolledConsumer a = member()) {
            PolledConsumer b = instance("b");
            untilShared(PARTITIONS, a, b);
            b.consumer.close(CloseOptions.timeout(Duration.ZERO)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
            untilShared(PARTITIONS, a);
        }
    }

    @Test
    void has_offsets_that_a_producer_commits_within_its_transaction() throws Exception {
        produce("v", 10);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (PolledConsumer a = member();
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", topic),
                        new StringSerializer(),
                        new StringSerializer())) {
            untilShared(PARTITIONS, a);
            producer.initTransactions();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(3)), a.consumer.groupMetadata());
            producer.commitTransaction();
            assertThat(a.consumer.committed(Set.of(partition)).get(partition).offset())
                    .isEqualTo(3);

            ConsumerGroupMetadata stale = a.consumer.groupMetadata();
            try (PolledConsumer b = member()) {
                untilShared(PARTITIONS, a, b);
                TopicPartition lost = b.assignment().iterator().next();
                producer.beginTransaction();
                assertThatThrownBy(
                                () -> producer.sendOffsetsToTransaction(Map.of(lost, new OffsetAndMetadata(4)), stale))
                        .isInstanceOf(CommitFailedException.class);
                producer.abortTransaction();
            }
        }
    }
}
