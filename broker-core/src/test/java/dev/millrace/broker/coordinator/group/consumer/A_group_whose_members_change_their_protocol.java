package dev.millrace.broker.coordinator.group.consumer;

import static dev.millrace.broker.coordinator.group.shard.Joining.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.ConsumerGroupConfig;
import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.classic.ClassicGroup;
import dev.millrace.broker.coordinator.group.classic.Member;
import dev.millrace.broker.coordinator.group.shard.HeldTicket;
import dev.millrace.broker.coordinator.group.shard.TestConsumer;
import dev.millrace.broker.coordinator.group.shard.TestHost;
import dev.millrace.broker.coordinator.group.shard.TestTopics;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class A_group_whose_members_change_their_protocol {

    private static final int INTERVAL_MS = 1_000;
    private static final int REBALANCE_MS = 300_000;

    private final TestTopics topics = new TestTopics().with("t", 4);
    private TestHost host = new TestHost(GroupConfig.DEFAULT, topics);
    private final TestConsumer consumer = new TestConsumer(host, topics, "consumer");

    private Group group() {
        return host.groups().get(TestHost.GROUP);
    }

    private ConsumerGroup consumerGroup() {
        return (ConsumerGroup) group();
    }

    /** One classic member, that has assigned all partitions to itself. */
    private JoinGroupResponseData classic() {
        JoinGroupResponseData joined = host.joinAlone(client("classic").topics("t"));
        SyncGroupRequestData request = TestHost.syncRequest(joined.memberId(), joined.generationId());
        ConsumerProtocolAssignment assignment = new ConsumerProtocolAssignment();
        assignment
                .assignedPartitions()
                .add(new ConsumerProtocolAssignment.TopicPartition()
                        .setTopic("t")
                        .setPartitions(List.of(0, 1, 2, 3)));
        request.assignments()
                .add(new SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment(MessageUtil.toVersionPrefixedBytes((short) 3, assignment)));
        host.sync(request);
        return joined;
    }

    private JoinGroupResponseData rejoin(String memberId) {
        return host.join(client("classic").topics("t").memberId(memberId)).value();
    }

    private SyncGroupResponseData sync(JoinGroupResponseData joined) {
        return host.sync(TestHost.syncRequest(joined.memberId(), joined.generationId())
                        .setProtocolType("consumer")
                        .setProtocolName("range"))
                .value();
    }

    private static String partitions(SyncGroupResponseData answer) {
        ByteBuffer buffer = ByteBuffer.wrap(answer.assignment());
        short version = buffer.getShort();
        return new ConsumerProtocolAssignment(new ByteBufferAccessor(buffer), version)
                .assignedPartitions().stream()
                        .map(topic -> topic.topic() + topic.partitions())
                        .collect(Collectors.joining(" "));
    }

    private static Errors error(JoinGroupResponseData answer) {
        return Errors.forCode(answer.errorCode());
    }

    @Nested
    class when_a_consumer_joins_a_classic_group {

        @Test
        void keeps_what_the_leader_has_assigned() {
            JoinGroupResponseData classic = classic();

            consumer.join();

            assertThat(group().type()).isEqualTo("consumer");
            assertThat(consumerGroup().current(classic.memberId()).assigned()).hasSize(4);
            assertThat(consumer.owned()).isEmpty();
            assertThat(consumerGroup().target("consumer")).hasSize(2);
        }

        @Test
        void tells_the_classic_member_to_join_again_and_takes_what_it_gave_up() {
            String memberId = classic().memberId();
            consumer.join();

            assertThat(host.heartbeat(memberId, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
            JoinGroupResponseData again = rejoin(memberId);
            assertThat(again.generationId()).isEqualTo(2);
            assertThat(again.leader()).isEmpty();
            assertThat(again.protocolName()).isEqualTo("range");
            assertThat(partitions(sync(again))).isEqualTo("t[0, 1]");
            assertThat(host.heartbeat(memberId, 2)).isEqualTo(Errors.NONE);

            consumer.heartbeat();
            assertThat(consumer.owned()).isEqualTo("t-2 t-3");
            assertThat(group().state()).isEqualTo("Stable");
        }

        @Test
        void sends_those_back_who_wait_for_the_classic_group() {
            HeldTicket<JoinGroupResponseData> waiting =
                    host.join(client("classic").topics("t").version(3));

            consumer.join();

            assertThat(error(waiting.value())).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
            assertThat(consumerGroup().size()).isEqualTo(2);
        }

        @Test
        void does_not_count_who_was_given_an_id_and_has_not_joined() {
            String reserved = host.join(client("classic").topics("t")).value().memberId();

            assertThat(Errors.forCode(consumer.join().errorCode())).isEqualTo(Errors.NONE);

            assertThat(consumerGroup().size()).isOne();
            assertThat(host.timers().keySet()).noneMatch(due -> due.toString().contains(reserved));
            JoinGroupResponseData joined = rejoin(reserved);
            assertThat(error(joined)).isEqualTo(Errors.NONE);
            assertThat(consumerGroup().size()).isEqualTo(2);
        }

        @Test
        void removes_a_classic_member_that_does_not_join_again() {
            String memberId = classic().memberId();
            consumer.join();
            for (int passedMs = 0; passedMs < REBALANCE_MS; passedMs += 30_000) {
                host.heartbeat(memberId, 1);
                consumer.heartbeat();
                host.advance(30_000);
            }

            assertThat(consumerGroup().member(memberId)).isNull();
        }

        @Test
        void goes_on_after_it_was_loaded() {
            String memberId = classic().memberId();
            consumer.join();

            host = host.reloaded();

            assertThat(consumerGroup().member(memberId).isClassic()).isTrue();
            assertThat(consumerGroup().current(memberId).assigned()).hasSize(4);
            assertThat(host.heartbeat(memberId, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        }

        @Test
        void stays_a_classic_group_if_its_members_are_no_consumers() {
            host.joinAlone(client("worker").type("connect"));

            assertThat(Errors.forCode(consumer.join().errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
            assertThat(group().type()).isEqualTo("classic");
        }

        @Test
        void stays_a_classic_group_if_the_operator_wants_it_so() {
            host = new TestHost(policy(ConsumerGroupConfig.Migration.DOWNGRADE), topics);
            classic();

            assertThat(Errors.forCode(
                            new TestConsumer(host, topics, "consumer").join().errorCode()))
                    .isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        }
    }

    @Nested
    class when_a_classic_client_joins_a_consumer_group {

        @Test
        void is_given_an_id_first_and_then_its_share() {
            consumer.join();
            JoinGroupResponseData first =
                    host.join(client("classic").topics("t")).value();
            assertThat(error(first)).isEqualTo(Errors.MEMBER_ID_REQUIRED);
            host.advance(INTERVAL_MS);

            JoinGroupResponseData joined = rejoin(first.memberId());
            assertThat(error(joined)).isEqualTo(Errors.NONE);
            assertThat(partitions(sync(joined)))
                    .as("until the consumer has given it up")
                    .isEmpty();
            consumer.heartbeat();
            consumer.heartbeat();
            assertThat(host.heartbeat(joined.memberId(), joined.generationId()))
                    .as("something is free now")
                    .isEqualTo(Errors.REBALANCE_IN_PROGRESS);

            JoinGroupResponseData again = rejoin(joined.memberId());
            assertThat(partitions(sync(again))).isEqualTo("t[2, 3]");
        }

        @Test
        void is_refused_if_it_is_no_consumer() {
            consumer.join();

            assertThat(error(host.join(client("worker").type("connect")).value()))
                    .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        }

        @Test
        void is_refused_if_its_subscription_cannot_be_read() {
            consumer.join();

            assertThat(error(host.join(client("classic").protocol("range", new byte[0]))
                            .value()))
                    .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        }

        @Test
        void is_refused_if_the_operator_wants_no_migration() {
            host = new TestHost(policy(ConsumerGroupConfig.Migration.DISABLED), topics);
            new TestConsumer(host, topics, "consumer").join();

            assertThat(error(host.join(client("classic").topics("t")).value()))
                    .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        }

        @Test
        void makes_an_empty_group_a_classic_one() {
            consumer.join();
            consumer.leave();

            classic();

            assertThat(group().type()).isEqualTo("classic");
            assertThat(host.reloaded().groups().get(TestHost.GROUP).type()).isEqualTo("classic");
        }

        @Test
        void is_not_known_under_another_generation_or_id() {
            consumer.join();
            host.advance(INTERVAL_MS);
            JoinGroupResponseData joined =
                    host.join(client("classic").topics("t").version(3)).value();

            assertThat(host.heartbeat(joined.memberId(), joined.generationId() + 1))
                    .isEqualTo(Errors.ILLEGAL_GENERATION);
            assertThat(host.heartbeat("nobody", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            assertThat(host.heartbeat("consumer", consumer.epoch())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }
    }

    @Nested
    class when_its_last_consumer_of_the_new_protocol_leaves {

        private String memberId;

        private void mixed() {
            memberId = classic().memberId();
            consumer.join();
            sync(rejoin(memberId));
            consumer.heartbeat();
        }

        @Test
        void is_a_classic_group_again_and_rebalances() {
            mixed();
            consumer.leave();

            assertThat(group().type()).isEqualTo("classic");
            assertThat(group().state()).isEqualTo("PreparingRebalance");
            assertThat(host.heartbeat(memberId, host.group().generation())).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
            JoinGroupResponseData again = rejoin(memberId);
            assertThat(again.leader()).isEqualTo(memberId);
            assertThat(again.members()).hasSize(1);
        }

        @Test
        void has_in_the_log_who_was_in_it() {
            mixed();
            consumer.leave();

            ClassicGroup reloaded = host.reloaded().group();

            assertThat(reloaded.members()).extracting(Member::id).containsExactly(memberId);
            assertThat(reloaded.protocol()).isEqualTo("range");
        }

        @Test
        void stays_what_it_is_if_the_operator_wants_it_so() {
            host = new TestHost(policy(ConsumerGroupConfig.Migration.UPGRADE), topics);
            classic();
            TestConsumer upgraded = new TestConsumer(host, topics, "consumer");
            upgraded.join();

            upgraded.leave();

            assertThat(group().type()).isEqualTo("consumer");
        }

        @Test
        void ends_when_the_classic_members_leave_first() {
            mixed();

            assertThat(host.leave(memberId).members()).singleElement().satisfies(left -> assertThat(left.errorCode())
                    .isZero());

            assertThat(consumerGroup().size()).isOne();
            assertThat(host.leave("nobody").members().get(0).errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        }
    }

    private static GroupConfig policy(ConsumerGroupConfig.Migration policy) {
        ConsumerGroupConfig base = ConsumerGroupConfig.DEFAULT;
        ConsumerGroupConfig consumer = new ConsumerGroupConfig(
                true,
                base.sessionTimeoutMs(),
                base.heartbeatIntervalMs(),
                base.assignmentIntervalMs(),
                base.maxSize(),
                base.assignors(),
                policy);
        return new GroupConfig(6_000, 1_800_000, 3_000, 100, 4096, 600_000, 600_000, consumer);
    }
}
